// Waiting: for the moderator, for the application to arrive, or for the certificates (the guide's steps 18 and 26).

import { element } from "../element.js";
import { applicationCard } from "../application.js";
import { actions, button, countdown, form, note, paragraph } from "../pieces.js";

export function wait(page) {
  const { reason, application, retry_in_s: retry } = page.prompt;
  const next = element(
    "p",
    { class: "times" },
    countdown(page, retry, (n) => (n > 0 ? page.t("wait.next", { n }) : page.t("wait.asking"))),
  );
  const refresh = form(
    () => page.refresh(),
    actions(button(page, "refresh", "refresh", { main: true, mark: "refresh" })),
  );
  return {
    title: page.t(`wait.${reason}.title`),
    lead: page.t(`wait.${reason}.lead`),
    body: [
      application && applicationCard(page, application),
      reason !== "moderation" && note("info", paragraph(page, "wait.keys")),
      next,
      refresh,
    ],
  };
}
