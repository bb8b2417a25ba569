// The enrolment ended without certificates.

import { actions, button, note, paragraph } from "../pieces.js";

export function closed(page) {
  return {
    title: page.t("closed.title"),
    lead: page.t("closed.status", { status: page.t(`status.${page.prompt.status}`) }),
    body: [
      note("info", paragraph(page, "closed.keys")),
      actions(button(page, "new", "closed.new", { main: true, press: () => page.home() })),
    ],
  };
}
