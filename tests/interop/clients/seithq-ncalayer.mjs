// Makes calls with the client of seithq, one after the other: `node seithq-ncalayer.mjs wss://127.0.0.1:PORT/`.
//
// Standard input: [["method", argument, …], …]; an argument { "result": N } is the result of call N, { "alias": N } the
// alias of the first key in it. Standard output: { version, methods, outcomes: [{ result, error }, …] }.

import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';

const require = createRequire(`${process.cwd()}/`);
const { default: Client, extractKeyAlias } = require('@seithq/ncalayer');
const WebSocket = require('ws');

// An answer that never comes ends the test, and not the patience of whoever waits for it.
setTimeout(() => process.exit(3), 300_000).unref();

const calls = JSON.parse(readFileSync(0, 'utf8'));
const socket = new WebSocket(process.argv[2]);
const client = new Client(socket);
await once(socket, 'message');

const outcomes = [];
const given = (argument) => {
  if (argument?.result !== undefined) return outcomes[argument.result].result;
  if (argument?.alias !== undefined) return extractKeyAlias(String(outcomes[argument.alias].result).split('\n')[0]);
  return argument;
};
for (const [method, ...rest] of calls) {
  const answered = once(socket, 'message');
  const outcome = await new Promise((resolve) => {
    client[method](...rest.map(given), (response) => resolve({
      result: response.getResult(),
      error: response.getErrorCode(),
    }));
    // This client hears no answer to `setLocale`; one comes nevertheless, before the next call.
    if (method === 'setLocale') answered.then(([text]) => resolve({ heard: String(text) }));
  });
  outcomes.push(outcome);
}
const methods = Object.getOwnPropertyNames(Client.prototype);
process.stdout.write(JSON.stringify({ version: client.version, methods, outcomes }), () => process.exit(0));
