// The user agreement of the authority (the guide's step 22).

import { element } from "../element.js";
import { actions, button, form } from "../pieces.js";

export function agreement(page) {
  const { version, text } = page.prompt;
  const paragraphs = text.split(/\n+/).filter((line) => line.trim() !== "");
  return {
    title: page.t("agreement.title"),
    lead: page.t("agreement.lead"),
    body: [
      element(
        "div",
        { class: "agreement", tabindex: "0", role: "group", "aria-label": page.t("agreement.title") },
        paragraphs.map((line) => element("p", {}, line)),
      ),
      element("p", { class: "hint" }, page.t("agreement.version", { version })),
      form(
        () => page.answer({ kind: "agreement", version }),
        actions(
          button(page, "agree", "agreement.agree", { main: true }),
          button(page, "home", "agreement.home", { press: () => page.home() }),
        ),
      ),
    ],
  };
}
