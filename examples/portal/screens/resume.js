// The offer to continue what this page began earlier, or to begin anew.

import { element } from "../element.js";
import { actions, button, facts, form } from "../pieces.js";

export function resume(page) {
  const offers = page.unfinished.map((enrolment) =>
    element(
      "li",
      { class: "offer", data: { enrolment: enrolment.id } },
      facts([
        [page.t("resume.stands"), page.t(`parts.${partOf(enrolment.step)}`)],
        [page.t("guide.label"), page.t("guide.step", { n: enrolment.step })],
        ...(enrolment.number ? [[page.t("application.number"), enrolment.number]] : []),
      ]),
      form(() => page.resume(enrolment.id), actions(button(page, "continue", "continue", { main: true }))),
    ),
  );
  return {
    title: page.t("resume.title"),
    lead: page.t("resume.lead"),
    body: [
      element("ul", { class: "offers" }, offers),
      element("p", { class: "hint" }, page.t("resume.new.hint")),
      actions(button(page, "new", "resume.new", { press: () => page.beginAnew() })),
    ],
  };
}

/** The part of the progress bar in which a step of the guide lies. */
function partOf(step) {
  if (step < 8) return 1;
  if (step < 22) return 2;
  return step < 26 ? 3 : 4;
}
