// The data that were recognised on the document, to be confirmed (the guide's step 17).

import { element } from "../element.js";
import { Failure } from "../failure.js";
import { actions, button, facts, form, note, paragraph } from "../pieces.js";
import { picture } from "../review.js";
import { date } from "../times.js";

const FIELDS = [
  "document_number",
  "iin",
  "surname",
  "name",
  "patronymic",
  "birth_date",
  "birth_place",
  "nationality",
  "issuer",
  "issued_at",
  "expires_at",
];
const DATES = ["birth_date", "issued_at", "expires_at"];

export function confirmDocument(page) {
  const { document: kind, recognised } = page.prompt;
  const rows = FIELDS.filter((name) => recognised[name]).map((name) => [
    page.t(`recognised.${name}`),
    DATES.includes(name) ? date(recognised[name]) : recognised[name],
  ]);
  const sides = ["front", "back"].filter((side) => page.keepsakes[side]);
  const send = ({ truthful }) => {
    if (truthful) page.answer({ kind: "confirm_document", truthful: true });
    else page.complain(new Failure({ code: "not_confirmed" }));
  };
  // What was badly recognised is photographed anew.
  const again = button(page, "retry", "retry", {
    press: () => page.answer({ kind: "confirm_document", truthful: false }),
  });
  return {
    title: page.t("confirm.title"),
    lead: page.t("confirm.lead"),
    body: [
      sides.length > 0 &&
        element(
          "div",
          { class: "sides" },
          sides.map((side) =>
            element(
              "figure",
              {},
              picture(page, page.keepsakes[side], page.t(`document.${side}`)),
              element("figcaption", {}, page.t(`document.${side}`)),
            ),
          ),
        ),
      facts([[page.t("document.kind"), page.t(`document.${kind}`)], ...rows]),
      !recognised.iin_matches && note("warning", paragraph(page, "confirm.iin")),
      form(
        send,
        element(
          "label",
          { class: "tick" },
          element("input", { type: "checkbox", name: "truthful", value: "yes" }),
          element("span", {}, page.t("confirm.truthful")),
        ),
        actions(button(page, "send", "send", { main: true }), again),
      ),
    ],
  };
}
