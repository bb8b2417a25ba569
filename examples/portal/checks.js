// The three checks before the procedure: webcam, mobile citizens database, agent.

import { element, icon } from "./element.js";

const NAMES = ["camera", "mcd", "agent"];
const MARKS = { ok: "check", bad: "cross", wait: "dot" };

/** The list with its ticks; `states` says `ok`, `bad` or `wait` for each. */
export function checkList(page, states) {
  return element(
    "ul",
    { class: "checks", "aria-label": page.t("check.label") },
    NAMES.map((name) =>
      element(
        "li",
        { data: { check: name, state: states[name] } },
        icon(MARKS[states[name]]),
        element("span", {}, page.t(`check.${name}.${states[name]}`)),
      ),
    ),
  );
}
