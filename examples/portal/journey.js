// The way through the guide: what is called, which screen follows, and what is remembered on the way.

import { tryCamera } from "./camera.js";
import { Failure } from "./failure.js";
import { Line } from "./line.js";
import { Stage } from "./stage.js";

/** One person's way. Screens get a `page` (see `Stage`), whose deeds are the methods below. */
export class Journey {
  enrolment = null;
  unfinished = [];
  checks = { camera: "wait", mcd: "wait", agent: "wait" };
  /** What outlives a screen: the pictures of the document and its kind, the folder. */
  keepsakes = {};
  sandbox = true;
  /** When the present prompt came, on the clock of `performance.now()`: its seconds count from then. */
  arrived = 0;
  #agent;
  #algorithm;
  #stage;
  #line;
  #busy = false;
  #waiting = null;
  #passed = false;

  constructor({ agent, words, algorithm, main, parts, line, banner }) {
    this.#agent = agent;
    this.#algorithm = algorithm;
    this.words = words;
    this.banner = banner;
    this.#stage = new Stage({ journey: this, main, parts });
    this.#line = new Line(line, agent, { words: () => this.words, back: () => this.#back() });
    agent.addEventListener("changed", (event) => this.#changed(event.detail));
    agent.addEventListener("lost", () => this.#lost());
    this.#stage.show("start");
  }

  /** Speaks another language from now on. */
  speak(words) {
    this.words = words;
    this.#stage.redraw();
    if (this.#busy) this.#stage.wait(this.#waiting);
    this.#line.show();
  }

  /** "Obtain digital signature remotely": connects, and looks for something to go on with. */
  begin() {
    return this.#work(async () => {
      try {
        await this.#agent.open();
        this.#learn(await this.#agent.call("agent.info"));
      } catch (failure) {
        this.checks.agent = "bad";
        throw failure;
      }
      this.checks.agent = "ok";
      const all = await this.#agent.call("enrolment.list");
      this.unfinished = all.filter(({ prompt }) => prompt.kind !== "done" && prompt.kind !== "closed");
      return () => this.#stage.show(this.unfinished.length > 0 ? "resume" : "camera");
    });
  }

  /** Goes on with an enrolment that was begun earlier. */
  resume(id) {
    return this.#work(async () => this.#reach(await this.#agent.call("enrolment.resume", { enrolment: id })));
  }

  /** Begins anew. What has an application goes on by itself; what has none is ended. */
  beginAnew() {
    return this.#work(async () => {
      for (const { id, number } of this.unfinished) {
        if (!number) await this.#agent.call("enrolment.cancel", { enrolment: id });
      }
      return () => this.#stage.show("camera");
    });
  }

  /** Asks the agent and the browser for the camera; with one, the enrolment begins. */
  allowCamera() {
    return this.#work(async () => {
      const probe = await this.#agent.call("camera.probe");
      try {
        await tryCamera();
      } catch (failure) {
        this.checks.camera = "bad";
        // The browser does not always know why there is no picture; the agent may.
        const busy = failure.code === "camera_unavailable" && probe.state === "busy";
        throw busy ? new Failure({ code: "camera_busy" }) : failure;
      }
      this.checks.camera = "ok";
      return this.#start();
    });
  }

  /** Begins the enrolment, with a camera or without. */
  enrol() {
    return this.#work(() => this.#start());
  }

  /** Answers the prompt; several answers are given one after the other, and the last one's outcome is shown. */
  answer(...answers) {
    return this.#work(async () => {
      for (const answer of answers) {
        this.#take(await this.#agent.call("enrolment.answer", { enrolment: this.enrolment.id, answer }));
      }
      return this.#reach(this.enrolment);
    });
  }

  /** Lets the person choose a folder in the agent's own window. */
  chooseFolder() {
    return this.#work(async () => {
      this.keepsakes.folder = await this.#agent.call("folder.choose", { locale: this.words.lang });
      return () => this.#stage.show(this.#stage.name);
    }, "busy.folder");
  }

  /** Asks the authority for news at once. */
  refresh() {
    return this.#work(async () =>
      this.#reach(await this.#agent.call("enrolment.refresh", { enrolment: this.enrolment.id })),
    );
  }

  /** Writes the final files, under a password that the person types in the agent's own window. */
  install() {
    return this.#work(
      async () => this.#reach(await this.#agent.call("enrolment.install", { enrolment: this.enrolment.id })),
      "busy.install",
    );
  }

  /** "Go to obtainment of digital signature", after the three checks. */
  pass() {
    this.#passed = true;
    this.#showEnrolment();
  }

  /** Back to the first screen; an enrolment under way can be continued from there. */
  home(failure = null) {
    this.#forget();
    this.#stage.show("start", failure);
  }

  async #start() {
    this.#forget();
    const params = { template: "individual_remote", algorithm: this.#algorithm, locale: this.words.lang };
    return this.#reach(await this.#agent.call("enrolment.start", params));
  }

  #forget() {
    this.enrolment = null;
    this.keepsakes = {};
    this.#passed = false;
    this.checks.mcd = "wait";
  }

  #learn({ environment }) {
    this.sandbox = environment === "sandbox";
    this.banner.hidden = !this.sandbox;
  }

  #take(enrolment) {
    this.enrolment = enrolment;
    this.arrived = performance.now();
    this.checks.agent = "ok";
    if (enrolment.prompt.kind !== "iin") this.checks.mcd = "ok";
    this.#learn(enrolment);
  }

  #reach(enrolment) {
    this.#take(enrolment);
    return () => this.#showEnrolment();
  }

  #showEnrolment(failure = null) {
    const { kind } = this.enrolment.prompt;
    const problem = failure ?? (this.enrolment.problem ? new Failure(this.enrolment.problem) : null);
    if (problem?.code === "mcd_not_registered") this.checks.mcd = "bad";
    this.#stage.show(kind === "phone" && !this.#passed ? "ready" : kind, problem);
  }

  /** Does one thing at a time, and shows what came of it: `deed` gives what is to be shown. */
  async #work(deed, waiting = "busy") {
    if (this.#busy) return;
    this.#busy = true;
    this.#waiting = waiting;
    this.#stage.wait(waiting);
    this.#line.clear();
    let outcome;
    try {
      outcome = await deed();
    } catch (error) {
      outcome = () => this.#fail(error);
    }
    this.#busy = false;
    outcome();
  }

  #fail(error) {
    const failure = error instanceof Failure ? error : new Failure({ code: "internal" });
    if (failure !== error) console.error(error);
    if (failure.enrolment) this.#take(failure.enrolment);
    if (failure.code === "unknown_enrolment") this.home(failure);
    else if (this.enrolment) this.#showEnrolment(this.#line.down ? null : failure);
    else this.#stage.show(this.#stage.name, failure);
  }

  #changed(enrolment) {
    if (enrolment.id !== this.enrolment?.id) return;
    this.#take(enrolment);
    // While a call is under way, its own outcome is shown when it comes.
    if (!this.#busy) this.#showEnrolment();
  }

  #lost() {
    if (this.#stage.name === "start" || this.#stage.name === "done") return;
    this.#stage.freeze(true);
    this.#line.repair();
  }

  async #back() {
    this.#stage.freeze(false);
    if (this.enrolment) await this.resume(this.enrolment.id);
    this.#line.greet();
  }
}
