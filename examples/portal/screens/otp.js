// A one-time password by SMS: of 1414 (the guide's step 4) or of 3116 (step 8).

import { element } from "../element.js";
import { Failure } from "../failure.js";
import { actions, button, clock, countdown, field, form, note, paragraph } from "../pieces.js";

export function otp(page) {
  const { sender, phone, expires_in_s: expires, resend_in_s: wait, attempts_left: left } = page.prompt;
  const late = note(
    "warning",
    element("p", {}, page.t("error.otp_expired")),
    element("p", {}, page.t("error.otp_expired.do")),
  );
  late.hidden = true;
  const remaining = countdown(
    page,
    expires,
    (n) => page.t("otp.remaining", { n }),
    () => {
      // The agent's own answer, where there is one, says the same already.
      late.hidden = page.failure !== null;
    },
  );
  const again = button(page, "resend", "otp.resend", { press: () => page.answer({ kind: "resend_otp" }) });
  const waiting = countdown(
    page,
    wait,
    (n) => (n > 0 ? page.t("otp.resend.wait", { time: clock(n) }) : ""),
    () => {
      again.hidden = false;
    },
  );
  again.hidden = true;
  const send = ({ otp: code }) => {
    const digits = code.replace(/\s/g, "");
    if (digits === "") page.complain(new Failure({ code: "otp_missing" }));
    else page.answer({ kind: "otp", code: digits });
  };
  return {
    title: page.t(`otp.title.${sender}`),
    lead: page.t(phone ? "otp.lead.phone" : "otp.lead", { phone }),
    sender,
    body: [
      paragraph(page, "otp.sender", { sender }),
      form(
        send,
        field(page, "otp", { label: `otp.label.${sender}`, inputmode: "numeric", maxlength: 8, class: "code" }),
        element(
          "p",
          { class: "times" },
          remaining,
          element("span", {}, page.t("otp.attempts", { n: left })),
          waiting,
        ),
        late,
        actions(button(page, "send", `otp.send.${sender}`, { main: true }), again),
      ),
    ],
  };
}
