// The keys are there (the guide's step 28).

import { element, icon } from "../element.js";
import { actions, button, note, paragraph } from "../pieces.js";

export function done(page) {
  const { keys, folder } = page.prompt;
  return {
    title: page.t("done.title"),
    lead: page.t("done.saved"),
    solemn: true,
    body: [
      element("p", { class: "folder-name" }, icon("folder"), element("strong", {}, folder)),
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
      paragraph(page, "done.next"),
      page.sandbox && note("warning", paragraph(page, "done.sandbox")),
      actions(button(page, "new", "done.new", { press: () => page.home() })),
    ],
  };
}
