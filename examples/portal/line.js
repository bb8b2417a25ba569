// The line to the agent: what is seen while it is down, and how it comes back.

import { element, icon } from "./element.js";

// Seconds before each try; together about a minute, which is more than an agent needs to start.
const PAUSES = [0.5, 1, 2, 4, 8, 15, 30];

/** Watches an agent. After a loss there is one run of tries; then a person's press begins another. */
export class Line {
  #place;
  #agent;
  #words;
  #back;
  #trying = false;
  #state = null;

  /** `words` gives the words in force; `back` is called whenever the line stands again after a loss. */
  constructor(place, agent, { words, back }) {
    this.#place = place;
    this.#agent = agent;
    this.#words = words;
    this.#back = back;
  }

  /** Whether the line was lost and is not back yet. */
  get down() {
    return this.#state !== null && this.#state !== "back";
  }

  /** Tries to connect again, with longer and longer pauses. */
  async repair() {
    if (this.#trying) return;
    this.#trying = true;
    for (const seconds of PAUSES) {
      this.show("trying");
      await new Promise((done) => setTimeout(done, seconds * 1000));
      if (await this.#tryOnce()) break;
    }
    this.#trying = false;
    if (this.down) this.show("down");
    else this.#back();
  }

  async #tryOnce() {
    try {
      await this.#agent.open();
    } catch {
      return false;
    }
    this.#state = "back";
    return true;
  }

  /** Shows a state of the line; without one, shows the present state anew. */
  show(state = this.#state) {
    const words = this.#words();
    this.#state = state;
    this.#place.className = `line ${state ?? ""}`;
    if (state === null) {
      this.#place.replaceChildren();
      return;
    }
    const texts = {
      trying: ["line.lost", "line.trying"],
      down: ["error.agent_unreachable", "error.agent_unreachable.do"],
      back: ["line.back"],
    };
    const press = () => this.repair();
    this.#place.replaceChildren(
      icon({ trying: "wait", down: "warning", back: "check" }[state]),
      element(
        "div",
        {},
        texts[state].map((key) => element("p", {}, words.get(key))),
      ),
      state === "down"
        ? element(
            "button",
            { type: "button", class: "other", data: { action: "reconnect" }, on: { click: press } },
            words.get("line.again"),
          )
        : "",
    );
    // The screen below is frozen: the one thing that can be done gets the focus, if nothing else has it.
    if (state === "down" && document.activeElement === document.body) this.#place.querySelector("button").focus();
  }

  /** Says that the line is back, unless it was lost again meanwhile. */
  greet() {
    if (!this.down) this.show("back");
  }

  /** Takes the message of a line that is back away again. */
  clear() {
    if (this.#state === "back") this.show(null);
  }
}
