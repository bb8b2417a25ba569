// The check of the webcam and the browser's permission (the guide's step 2).

import { actions, button, form, note, paragraph } from "../pieces.js";

export function camera(page) {
  const failed = page.checks.camera === "bad";
  const allow = button(page, "allow", failed ? "retry" : "camera.allow", { main: !failed });
  const onward = failed && button(page, "continue", "continue", { main: true, press: () => page.enrol() });
  return {
    title: page.t("camera.title"),
    lead: page.t("camera.lead"),
    body: [
      failed && note("info", paragraph(page, "camera.without")),
      form(() => page.allowCamera(), failed ? actions(onward, allow) : actions(allow)),
    ],
  };
}
