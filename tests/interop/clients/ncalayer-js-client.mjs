// Makes calls with the client of SIGEX, one after the other: `node ncalayer-js-client.mjs wss://127.0.0.1:PORT/`.
//
// Standard input: [["method", argument, …], …]; an argument "!!name" is what the client's class has under that name.
// Standard output: { version, methods, outcomes: [{ value } or { error, cancelled }, …] }.

import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const require = createRequire(`${process.cwd()}/`);
const { NCALayerClient } = require('ncalayer-js-client');

const named = (argument) => (typeof argument === 'string' && argument.startsWith('!!')
  ? NCALayerClient[argument.slice(2)]
  : argument);

// An answer that never comes ends the test, and not the patience of whoever waits for it.
setTimeout(() => process.exit(3), 300_000).unref();

const calls = JSON.parse(readFileSync(0, 'utf8'));
const client = new NCALayerClient(process.argv[2], false);
const version = await client.connect();
const outcomes = [];
for (const [method, ...given] of calls) {
  try {
    // No value is what some calls have; JSON has none.
    const value = (typeof client[method] === 'function'
      ? await client[method](...given.map(named))
      : client[method]) ?? null;
    outcomes.push({ value });
  } catch (error) {
    outcomes.push({ error: error.message, cancelled: error.canceledByUser === true });
  }
}
const methods = Object.getOwnPropertyNames(NCALayerClient.prototype);
process.stdout.write(JSON.stringify({ version, methods, isKaztoken: client.isKmd, outcomes }), () => process.exit(0));
