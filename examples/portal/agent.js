// The agent on this computer: JSON-RPC 2.0 over one WebSocket with the subprotocol tanba.v1.

import { Failure } from "./failure.js";

const SUBPROTOCOL = "tanba.v1";

/**
 * One agent. `call` may be used many times at once; answers come in any order. Two events tell what happens
 * by itself: `changed` (its `detail` is an enrolment that moved) and `lost` (the socket closed).
 */
export class Agent extends EventTarget {
  #url;
  #socket = null;
  #lastId = 0;
  #calls = new Map();

  constructor(port) {
    super();
    this.#url = `wss://127.0.0.1:${port}/`;
  }

  /** Connects, if that was not done yet. Fails with `agent_unreachable`. */
  async open() {
    if (this.#socket?.readyState === WebSocket.OPEN) return;
    const socket = new WebSocket(this.#url, SUBPROTOCOL);
    await new Promise((done, failed) => {
      socket.addEventListener("open", done, { once: true });
      socket.addEventListener("close", () => failed(new Failure({ code: "agent_unreachable" })), { once: true });
    });
    socket.addEventListener("message", (event) => this.#read(event.data));
    socket.addEventListener("close", () => this.#lose(), { once: true });
    this.#socket = socket;
    // The socket may have closed between its opening and the listener above.
    if (socket.readyState !== WebSocket.OPEN) this.#lose();
  }

  /** Calls a method and gives its result, or throws the `Failure` that it ended with. */
  call(method, params = {}) {
    if (this.#socket?.readyState !== WebSocket.OPEN) {
      return Promise.reject(new Failure({ code: "agent_unreachable" }));
    }
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((done, failed) => {
      this.#calls.set(id, { done, failed });
      this.#socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    });
  }

  #read(text) {
    let frame;
    try {
      frame = JSON.parse(text);
    } catch {
      return; // What is no JSON is no answer to anything.
    }
    if (frame.method === "enrolment.changed") {
      this.dispatchEvent(new CustomEvent("changed", { detail: frame.params }));
      return;
    }
    const call = this.#calls.get(frame.id);
    if (!call) return;
    this.#calls.delete(frame.id);
    if (frame.error) call.failed(Failure.ofCall(frame.error));
    else call.done(frame.result);
  }

  #lose() {
    if (!this.#socket) return;
    this.#socket = null;
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const call of calls) call.failed(new Failure({ code: "connection_lost" }));
    this.dispatchEvent(new Event("lost"));
  }
}
