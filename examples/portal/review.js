// A picture that was taken: send it, or try again (the guide's steps 11 and 16).

import { element } from "./element.js";
import { actions, button, form } from "./pieces.js";

/** The screen that shows the picture in the memory of the present screen. */
export function review(page, { title, shape, send }) {
  const { picture: taken } = page.memory;
  const sendIt = async () => {
    // Whatever comes of it, the same picture is not offered a second time.
    page.forget("picture");
    await send(page, taken);
  };
  return {
    phase: "review",
    title,
    lead: page.t("review.lead"),
    body: [
      element("div", { class: `viewfinder still ${shape}` }, picture(page, taken, page.t("review.alt"))),
      form(
        sendIt,
        actions(
          button(page, "send", "send", { main: true }),
          button(page, "retry", "retry", { press: () => page.remember({ picture: undefined }) }),
        ),
      ),
    ],
  };
}

/** A picture of this page; its address lives as long as the screen does. */
export function picture(page, blob, alt) {
  const address = URL.createObjectURL(blob);
  page.signal.addEventListener("abort", () => URL.revokeObjectURL(address), { once: true });
  return element("img", { src: address, alt });
}
