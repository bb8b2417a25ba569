// Where screens are shown: one task at a time, with a heading that gets the focus, and one place for what went wrong.

import { closeCamera } from "./camera.js";
import { checkList } from "./checks.js";
import { element, icon } from "./element.js";
import { Failure } from "./failure.js";
import { showParts } from "./parts.js";
import { alertBox } from "./pieces.js";
import { SCREENS } from "./screens/all.js";
import { restoreTyped, selectorOf, typedIn } from "./typed.js";

// The steps of the guide for screens that come before an enrolment exists, or that stand between two prompts.
const STEPS = { start: 1, camera: 2, ready: 7 };
// What screens may do: methods of the journey.
const DEEDS =
  "begin beginAnew resume allowCamera enrol answer chooseFolder refresh install pass home".split(" ");
const WITH_CHECKS = ["camera", "iin", "otp-1414", "ready"];

/**
 * Shows screens. A screen is a function of a `page` that gives its `title`, `lead`, `body` and, when it has
 * several, its `phase`. The `page` has the words (`t`, `words`), the `prompt` with the moment when it `arrived`,
 * the `failure` to tell of, a `memory` that lives as long as the same thing is asked for, a `signal` that is
 * aborted when the screen is left, and the deeds of the journey.
 */
export class Stage {
  name = null;
  #journey;
  #main;
  #parts;
  #place = null;
  #phase = null;
  #memory = {};
  #failure = null;
  #pressed = null;
  #leave = new AbortController();

  constructor({ journey, main, parts }) {
    this.#journey = journey;
    this.#main = main;
    this.#parts = parts;
  }

  /** Shows a screen, with what went wrong before it. */
  show(name, failure = null) {
    const prompt = this.#journey.enrolment?.prompt ?? null;
    const place = [name, prompt?.sender, prompt?.side].filter(Boolean).join("-");
    const same = place === this.#place;
    // A button that was pressed cannot keep the focus while it is disabled.
    const typed = same ? typedIn(this.#main.firstElementChild, this.#pressed) : null;
    const first = this.name === null;
    if (!same) this.#memory = {};
    this.#leave.abort();
    this.#leave = new AbortController();
    Object.assign(this, { name });
    this.#place = place;
    this.#failure = failure;
    const page = this.#page(prompt);
    const screen = SCREENS[name](page);
    const phase = `${place}/${screen.phase ?? ""}`;
    const root = this.#frame(page, screen);
    this.#main.replaceChildren(root);
    if (typed) restoreTyped(root, typed);
    // A picture is taken again and again with one stream; whoever looks at no camera must not be watched by it.
    if (!root.querySelector("video")) closeCamera();
    showParts(this.#parts, page.words, name, prompt);
    if (!first) this.#focus(root, phase !== this.#phase, typed);
    this.#pressed = null;
    this.#phase = phase;
  }

  /** Shows the same screen anew: in another language, or because its memory changed. */
  redraw() {
    this.show(this.name, this.#failure);
  }

  /** Says that something is under way; nothing can be pressed until the next screen. */
  wait(key) {
    const root = this.#main.firstElementChild;
    const near =
      document.activeElement.closest(".actions, .folder") ??
      root.querySelector(".main")?.closest(".actions") ??
      root.lastElementChild;
    this.#pressed = selectorOf(root, document.activeElement) ?? this.#pressed;
    root.setAttribute("aria-busy", "true");
    for (const node of root.querySelectorAll("button")) node.disabled = true;
    near.after(element("p", { class: "busy", role: "status" }, icon("wait"), this.#journey.words.get(key)));
  }

  /** Keeps the person from typing into a screen whose agent is away; nothing typed is lost. */
  freeze(frozen) {
    this.#main.inert = frozen;
  }

  #page(prompt) {
    const journey = this.#journey;
    const { words, enrolment, checks, keepsakes, unfinished, sandbox, arrived } = journey;
    const deeds = Object.fromEntries(DEEDS.map((deed) => [deed, (...values) => journey[deed](...values)]));
    return {
      ...deeds,
      words,
      enrolment,
      checks,
      keepsakes,
      unfinished,
      sandbox,
      arrived,
      prompt,
      t: (key, values) => words.get(key, values),
      failure: this.#failure,
      memory: this.#memory,
      signal: this.#leave.signal,
      remember: (what) => {
        Object.assign(this.#memory, what);
        this.#failure = null;
        this.redraw();
      },
      forget: (key) => delete this.#memory[key],
      redraw: () => this.redraw(),
      complain: (error) => this.#complain(error),
    };
  }

  #frame(page, screen) {
    const step = STEPS[this.name] ?? page.enrolment?.step;
    return element(
      "section",
      {
        class: screen.solemn ? "card solemn" : "card",
        "aria-labelledby": "heading",
        data: { screen: this.name, sender: screen.sender, challenge: screen.challenge },
      },
      step && element("p", { class: "step" }, page.t("guide.label"), " · ", page.t("guide.step", { n: step })),
      element("h1", { id: "heading", tabindex: "-1" }, screen.solemn && icon("check"), screen.title),
      screen.lead && element("p", { class: "lead" }, screen.lead),
      (WITH_CHECKS.includes(this.#place) || (this.name === "start" && page.checks.agent === "bad")) &&
        checkList(page, page.checks),
      element("div", { class: "alerts" }, this.#failure && alertBox(page, this.#failure)),
      screen.body,
    );
  }

  /** Tells of something that was noticed on the screen itself; the screen stays as it is. */
  #complain(error) {
    if (!(error instanceof Failure)) console.error(error);
    this.#failure = error instanceof Failure ? error : new Failure({ code: "internal" });
    const page = this.#page(null);
    const root = this.#main.firstElementChild;
    root.querySelector(".alerts").replaceChildren(alertBox(page, this.#failure));
    this.#focus(root, false, null);
  }

  #focus(root, fresh, typed) {
    const { activeElement: active } = document;
    // Whoever is at the languages or at the toys stays there while the same thing is shown anew.
    if (!fresh && active !== document.body && !this.#main.contains(active)) return;
    const heading = root.querySelector("h1");
    const again = typed?.focused ? root.querySelector(typed.focused) : null;
    const wrong = this.#failure ? wrongPlace(root, this.#failure.code) : null;
    const node = fresh ? heading : (wrong ?? again ?? heading);
    node.focus({ preventScroll: fresh });
    if (!fresh && wrong?.select) wrong.select();
    if (fresh && root.getBoundingClientRect().top < 0) root.scrollIntoView();
    if (this.#failure) root.querySelector(".alerts").scrollIntoView({ block: "nearest" });
  }
}

/** Where the person can mend what went wrong: the folder's button for a window or a folder, else the first input. */
function wrongPlace(root, code) {
  const folder = /folder|disk|window|cancelled|busy/.test(code)
    ? root.querySelector('[data-action="choose-folder"]')
    : null;
  return folder ?? root.querySelector("input:not([type=file]):not([type=radio])");
}
