// The first screen: what is needed, and the button that begins (the guide's step 1).

import { element, icon } from "../element.js";
import { actions, button, form } from "../pieces.js";

const NEEDED = ["citizen", "mcd", "phone", "camera", "agent", "document"];

export function start(page) {
  return {
    title: page.t("start.title"),
    lead: page.t("start.lead"),
    body: [
      element("h2", {}, page.t("start.needed")),
      element(
        "ul",
        { class: "needed" },
        NEEDED.map((name) => element("li", {}, icon("dot"), page.t(`start.needed.${name}`))),
      ),
      form(() => page.begin(), actions(button(page, "start", "start.button", { main: true }))),
    ],
  };
}
