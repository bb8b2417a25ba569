// The person's IIN (the guide's step 3).

import { actions, button, field, form } from "../pieces.js";

export function iin(page) {
  return {
    title: page.t("iin.title"),
    lead: page.t("iin.lead"),
    body: [
      form(
        (values) => page.answer({ kind: "iin", iin: values.iin.replace(/\s/g, "") }),
        field(page, "iin", { label: "iin.label", hint: "iin.hint", inputmode: "numeric", maxlength: 14 }),
        actions(button(page, "send", "iin.send", { main: true })),
      ),
    ],
  };
}
