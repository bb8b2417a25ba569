// The video identification: one instruction after the other, one picture for each (the guide's steps 12 to 14).

import { toBase64 } from "../camera.js";
import { element, icon } from "../element.js";
import { actions, button, digitalIdSteps, form, paragraph } from "../pieces.js";
import { viewfinder } from "../viewfinder.js";

export function liveness(page) {
  const { next } = page.prompt;
  if (next) return instruction(page, next);
  return page.memory.ready || page.failure ? introduction(page) : steps(page);
}

function steps(page) {
  const onward = () => page.remember({ ready: true });
  return {
    phase: "steps",
    title: page.t("did.title"),
    lead: page.t("did.lead"),
    body: [
      digitalIdSteps(page, "identity", ["selfie"]),
      form(onward, actions(button(page, "continue", "continue", { main: true }))),
    ],
  };
}

function introduction(page) {
  return {
    phase: "introduction",
    title: page.t("liveness.title"),
    lead: page.t("liveness.lead"),
    body: [
      element(
        "ul",
        { class: "hints" },
        ["light", "alone", "frames"].map((name) => element("li", {}, page.t(`liveness.hint.${name}`))),
      ),
      paragraph(page, "liveness.attempts", { n: page.prompt.attempts_left }),
      form(() => page.answer({ kind: "start_liveness" }), actions(button(page, "begin", "begin", { main: true }))),
    ],
  };
}

function instruction(page, next) {
  const { challenges, max_bytes: maxBytes } = page.prompt;
  const at = challenges.indexOf(next);
  const taken = async (picture) => page.answer({ kind: "liveness", challenge: next, jpeg: await toBase64(picture) });
  return {
    phase: `${at}-${next}`,
    title: page.t(`liveness.${next}`),
    challenge: next,
    body: [
      element(
        "div",
        { class: "instruction" },
        icon(`liveness-${next.replace("_", "-")}`),
        element(
          "ol",
          { class: "dots", "aria-label": page.t("liveness.count", { n: at + 1, all: challenges.length }) },
          challenges.map((_, i) => element("li", { class: i < at ? "done" : i === at ? "now" : "" })),
        ),
      ),
      ...viewfinder(page, { shape: "circle", facing: "user", input: "liveness-file", maxBytes, taken }),
    ],
  };
}
