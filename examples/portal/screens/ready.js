// All three checks are done: on to the signature (the guide's step 7).

import { actions, button, form } from "../pieces.js";

export function ready(page) {
  return {
    title: page.t("ready.title"),
    lead: page.t("ready.lead"),
    body: [form(() => page.pass(), actions(button(page, "goto", "ready.goto", { main: true, mark: "right" })))],
  };
}
