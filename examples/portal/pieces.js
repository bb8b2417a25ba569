// What screens are built of: buttons, fields, warnings, countdowns.

import { element, icon } from "./element.js";

/** A button. `press` is left out where the button sends the form around it. */
export function button(page, action, key, { main = false, press, mark, hidden } = {}) {
  return element(
    "button",
    {
      type: press ? "button" : "submit",
      class: main ? "main" : "other",
      data: { action },
      on: press ? { click: press } : {},
      hidden,
    },
    mark && icon(mark),
    element("span", {}, page.t(key)),
  );
}

/** Buttons in a row; the first is the one that most people want. */
export function actions(...buttons) {
  return element("div", { class: "actions" }, ...buttons);
}

/** A form that never leaves the page: Enter and its main button both call `send` with the values by name. */
export function form(send, ...children) {
  const submit = (event) => {
    event.preventDefault();
    send(Object.fromEntries(new FormData(event.currentTarget)));
  };
  return element("form", { novalidate: true, autocomplete: "off", on: { submit } }, ...children);
}

/** A labelled input with an optional hint below it. */
export function field(page, name, { label, hint, ...attributes }) {
  const hintId = hint && `hint-${name}`;
  return element(
    "div",
    { class: "field" },
    element("label", { for: `field-${name}` }, page.t(label)),
    element("input", {
      id: `field-${name}`,
      name,
      type: "text",
      autocomplete: "off",
      spellcheck: "false",
      "aria-describedby": hintId,
      ...attributes,
    }),
    hint && element("p", { class: "hint", id: hintId }, page.t(hint)),
  );
}

/** A note in a frame: `kind` is `info`, `good` or `warning`. */
export function note(kind, ...children) {
  const marks = { info: "info", good: "check", warning: "warning" };
  return element("div", { class: `note ${kind}` }, icon(marks[kind]), element("div", {}, ...children));
}

/** A paragraph of the page's words. */
export function paragraph(page, key, values) {
  return element("p", {}, page.t(key, values));
}

/**
 * What went wrong: what happened, then what to do, then how many tries are left and how long to wait. A window
 * that the person closed is no error and is shown calmly.
 */
export function alertBox(page, failure) {
  const key = page.words.has(`error.${failure.code}`) ? failure.code : "unknown";
  const calm = key === "cancelled" || key === "not_yet_issued";
  const more = [
    failure.attemptsLeft !== null && page.t("error.attempts", { n: failure.attemptsLeft }),
    failure.retryAfter !== null && page.t("error.retry", { n: failure.retryAfter }),
  ];
  return element(
    "div",
    { class: calm ? "alert calm" : "alert", role: "alert", data: { code: failure.code } },
    icon(calm ? "info" : "warning"),
    element(
      "div",
      {},
      element("p", { class: "what" }, page.t(`error.${key}`)),
      element("p", {}, page.t(`error.${key}.do`)),
      more.filter(Boolean).map((text) => element("p", { class: "more" }, text)),
    ),
  );
}

/**
 * Counts down from `seconds` after the moment when the prompt arrived. `show` gets the whole seconds that are
 * left, and gives the text; `ended` is called once at zero. A screen that is left counts no further.
 */
export function countdown(page, seconds, show, ended) {
  const node = element("span", { class: "countdown", role: "timer" });
  const end = page.arrived + seconds * 1000;
  const tick = () => {
    const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
    node.textContent = show(left);
    if (left > 0) return;
    clearInterval(clock);
    ended?.();
  };
  const clock = setInterval(tick, 250);
  page.signal.addEventListener("abort", () => clearInterval(clock), { once: true });
  // The first tick waits until the screen stands, since what `ended` shows may not be made yet.
  queueMicrotask(tick);
  return node;
}

/** Seconds as `01:59`. */
export function clock(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
}

/** Names and values, one below the other. */
export function facts(rows) {
  return element(
    "dl",
    { class: "facts" },
    rows.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))),
  );
}

/** The three steps of making a Digital ID, as the guide's step 9 shows them; `done` are those with a tick. */
export function digitalIdSteps(page, current, done = []) {
  const step = (key, ...inner) =>
    element(
      "li",
      { class: key === current ? "current" : "", "aria-current": key === current && "step" },
      element("strong", {}, page.t(`did.${key}`)),
      ...inner,
    );
  const part = (key) => {
    const ticked = done.includes(key);
    return element(
      "li",
      { class: ticked ? "ticked" : "" },
      icon(ticked ? "check" : "dot"),
      element(
        "span",
        {},
        page.t(`did.${key}`),
        element("small", {}, page.t(ticked ? "did.ticked" : `did.${key}.hint`)),
      ),
    );
  };
  return element(
    "ol",
    { class: "did-steps" },
    step("identity", element("ul", {}, part("selfie"), part("video"))),
    step("pin"),
    step("document"),
  );
}
