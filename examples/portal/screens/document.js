// Pictures of the identity document, one side after the other (the guide's steps 14 to 16).

import { toBase64 } from "../camera.js";
import { element } from "../element.js";
import { actions, button, form } from "../pieces.js";
import { review } from "../review.js";
import { upload, viewfinder } from "../viewfinder.js";

export function identityDocument(page) {
  const { memory, prompt } = page;
  if (memory.picture) return review(page, { title: page.t(`document.${prompt.side}`), shape: "frame", send });
  const asked = prompt.side === "front" && !memory.photo;
  return asked ? choice(page) : photo(page);
}

/** Which document, and whether the camera or a file gives the pictures. */
function choice(page) {
  const { documents, side, max_bytes: maxBytes } = page.prompt;
  const wanted = page.keepsakes.document ?? documents[0];
  const kinds = element(
    "fieldset",
    { class: "kinds" },
    element("legend", {}, page.t("document.kind")),
    documents.map((kind) =>
      element(
        "label",
        { class: "kind" },
        element("input", { type: "radio", name: "document", value: kind, checked: kind === wanted }),
        element("span", {}, page.t(`document.${kind}`)),
      ),
    ),
  );
  const remember = (what) => {
    page.keepsakes.document = kinds.querySelector(":checked").value;
    page.remember(what);
  };
  return {
    phase: "choice",
    title: page.t("document.title"),
    lead: page.t("document.lead"),
    body: [
      kinds,
      element(
        "div",
        { class: "ways" },
        element(
          "section",
          {},
          element("h2", {}, page.t("document.photo")),
          element("p", {}, page.t("document.photo.lead")),
          form(() => remember({ photo: true }), actions(button(page, "begin", "begin", { main: true }))),
        ),
        element(
          "section",
          {},
          element("h2", {}, page.t("document.file")),
          element("p", {}, page.t("document.file.lead")),
          upload(page, { input: `${side}-file`, maxBytes, taken: (picture) => remember({ picture }) }),
        ),
      ),
    ],
  };
}

function photo(page) {
  const { side, max_bytes: maxBytes } = page.prompt;
  const taken = (picture) => page.remember({ picture });
  return {
    phase: "photo",
    title: page.t(`document.${side}`),
    lead: page.t(`document.${side}.lead`),
    body: viewfinder(page, { shape: "frame", facing: "environment", input: `${side}-file`, maxBytes, taken }),
  };
}

async function send(page, picture) {
  const { documents, side } = page.prompt;
  // Once the first side was accepted there is one kind left, and it is that one.
  const kind = documents.length === 1 ? documents[0] : (page.keepsakes.document ?? documents[0]);
  page.keepsakes[side] = picture;
  await page.answer({ kind: "document", document: kind, side, jpeg: await toBase64(picture) });
}
