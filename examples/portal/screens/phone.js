// The telephone number for Digital ID (the guide's step 8).

import { actions, button, field, form } from "../pieces.js";

export function phone(page) {
  return {
    title: page.t("phone.title"),
    lead: page.t("phone.lead"),
    body: [
      form(
        (values) => page.answer({ kind: "phone", phone: international(values.phone) }),
        field(page, "phone", {
          label: "phone.label",
          hint: "phone.hint",
          type: "tel",
          inputmode: "tel",
          maxlength: 24,
          placeholder: "+7 7__ ___ __ __",
        }),
        actions(button(page, "send", "phone.send", { main: true })),
      ),
    ],
  };
}

/** `+7` and ten digits, however the person wrote it; what is something else goes as it was typed. */
function international(text) {
  const digits = text.replace(/\D/g, "");
  if (digits.length === 10) return `+7${digits}`;
  if (digits.length === 11 && /^[78]/.test(digits)) return `+7${digits.slice(1)}`;
  return text.trim();
}
