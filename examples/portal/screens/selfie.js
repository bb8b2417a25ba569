// The selfie: what comes, the camera, and the picture to send or to take again (the guide's steps 9 to 11).

import { toBase64 } from "../camera.js";
import { actions, button, digitalIdSteps, form } from "../pieces.js";
import { review } from "../review.js";
import { viewfinder } from "../viewfinder.js";

export function selfie(page) {
  const { memory } = page;
  if (memory.picture) return review(page, { title: page.t("selfie.title"), shape: "circle", send });
  if (!memory.begun) {
    const begin = () => page.remember({ begun: true });
    return {
      phase: "steps",
      title: page.t("did.title"),
      lead: page.t("did.lead"),
      body: [digitalIdSteps(page, "identity"), form(begin, actions(button(page, "begin", "begin", { main: true })))],
    };
  }
  const taken = (picture) => page.remember({ picture });
  return {
    phase: "camera",
    title: page.t("selfie.title"),
    lead: page.t("selfie.lead"),
    body: viewfinder(page, {
      shape: "circle",
      facing: "user",
      input: "selfie-file",
      maxBytes: page.prompt.max_bytes,
      taken,
    }),
  };
}

async function send(page, picture) {
  await page.answer({ kind: "selfie", jpeg: await toBase64(picture) });
}
