// The certificates are there: the password's rules, and the button that opens the agent's window (the guide's step 27).

import { element, icon } from "../element.js";
import { applicationCard } from "../application.js";
import { actions, button, form, note, paragraph } from "../pieces.js";

const RULES = ["latin", "length", "case", "special"];

export function install(page) {
  const { application, keys } = page.prompt;
  return {
    title: page.t("install.title"),
    lead: page.t("install.lead"),
    body: [
      note("info", paragraph(page, "install.window")),
      element("h2", {}, page.t("install.rules")),
      element(
        "ul",
        { class: "items" },
        RULES.map((name) => element("li", {}, icon("dot"), page.t(`install.rule.${name}`))),
      ),
      note("warning", paragraph(page, "install.remember")),
      form(() => page.install(), actions(button(page, "install", "install.button", { main: true, mark: "key" }))),
      element("h2", {}, page.t("install.files")),
      element(
        "ul",
        { class: "files" },
        keys.map((key) =>
          element(
            "li",
            {},
            icon("key"),
            element("span", {}, page.t(`purpose.${key.purpose}`), element("code", {}, key.file)),
          ),
        ),
      ),
      application && applicationCard(page, application),
    ],
  };
}
