// A new PIN for Digital ID, typed twice (the guide's step 14).

import { actions, button, field, form } from "../pieces.js";

export function pin(page) {
  const { digits } = page.prompt;
  const secret = { type: "password", inputmode: "numeric", maxlength: digits, class: "code" };
  return {
    title: page.t("pin.title"),
    lead: page.t("pin.lead", { n: digits }),
    body: [
      form(
        (values) => page.answer({ kind: "pin", pin: values.pin, repeat: values.repeat }),
        field(page, "pin", { label: "pin.label", hint: "pin.hint", ...secret }),
        field(page, "repeat", { label: "pin.repeat", ...secret }),
        actions(button(page, "send", "pin.send", { main: true })),
      ),
    ],
  };
}
