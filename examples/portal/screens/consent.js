// Consent to pass the data on, given with the PIN of Digital ID (the guide's steps 18 to 21).

import { element, icon } from "../element.js";
import { actions, button, clock, countdown, field, form, note, paragraph } from "../pieces.js";

export function consent(page) {
  const { service, items, expires_in_s: expires } = page.prompt;
  const asked = [
    element("p", {}, page.t("consent.asks", { service })),
    element(
      "ul",
      { class: "items" },
      items.map((item) => element("li", {}, icon("dot"), item)),
    ),
    element(
      "p",
      { class: "times" },
      countdown(page, expires, (n) => page.t("consent.remaining", { time: clock(n) })),
    ),
  ];
  const deny = button(page, "deny", "consent.deny", {
    press: () => page.answer({ kind: "consent", approve: false }),
  });
  if (!page.memory.read) {
    return {
      phase: "request",
      title: page.t("consent.title"),
      body: [
        note("good", paragraph(page, "consent.loaded"), paragraph(page, "consent.linked")),
        ...asked,
        form(
          () => page.remember({ read: true }),
          actions(button(page, "continue", "continue", { main: true }), deny),
        ),
      ],
    };
  }
  return {
    phase: "pin",
    title: page.t("consent.title"),
    lead: page.t("consent.pin"),
    body: [
      ...asked,
      form(
        ({ pin }) => page.answer({ kind: "consent", approve: true, pin }),
        field(page, "pin", {
          label: "pin.label",
          type: "password",
          inputmode: "numeric",
          maxlength: 4,
          class: "code",
        }),
        actions(button(page, "approve", "consent.approve", { main: true }), deny),
      ),
    ],
  };
}
