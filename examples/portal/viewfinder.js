// The viewfinder: live camera with a circle or a frame over it, the photo button, and a file where there is none.

import { openCamera, readUpload, takeFrame } from "./camera.js";
import { element, icon } from "./element.js";
import { Failure } from "./failure.js";
import { button, note } from "./pieces.js";

/**
 * Shows the camera and calls `taken` with a JPEG. `shape` is `circle` or `frame`, `facing` says which camera of
 * several, `input` names the file input. The space bar takes a picture too, except where it presses something.
 */
export function viewfinder(page, { shape, facing, input, maxBytes, taken }) {
  const video = element("video", { playsinline: true, muted: true, "aria-label": page.t("camera.preview") });
  video.muted = true; // The attribute alone does not count for an element made by a script.
  const take = element(
    "button",
    {
      type: "button",
      class: "take",
      data: { action: "take" },
      disabled: true,
      "aria-label": page.t("camera.take"),
      title: page.t("camera.take"),
      on: { click: () => snap() },
    },
    icon("camera"),
  );
  const picture = element("div", { class: `viewfinder ${shape}` }, video, element("div", { class: "overlay" }));
  const space = element("p", { class: "hint centred" }, page.t("camera.space"));

  const fromFile = upload(page, { input, maxBytes, taken });

  const snap = () => deliver(page, () => takeFrame(video, maxBytes), taken);
  const ready = () => {
    picture.style.aspectRatio = `${video.videoWidth} / ${video.videoHeight}`;
    take.disabled = false;
  };
  video.addEventListener("loadeddata", ready, { once: true });
  openCamera(video, facing).catch((failure) => {
    take.remove();
    space.remove();
    picture.replaceWith(absent(page, failure));
    fromFile.querySelector("button").className = "main";
  });
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.code !== "Space" || event.repeat || take.disabled || !picture.isConnected) return;
      if (event.target.closest?.("button, input, select, a, summary")) return;
      event.preventDefault();
      snap();
    },
    { signal: page.signal },
  );
  return [picture, take, space, fromFile];
}

/** A button that takes a picture from a file instead. */
export function upload(page, { input, maxBytes, taken }) {
  const file = element("input", {
    type: "file",
    name: input,
    accept: "image/jpeg",
    class: "unseen",
    tabindex: "-1",
    "aria-label": page.t("camera.file"),
    on: {
      change: () => {
        if (file.files.length > 0) deliver(page, () => readUpload(file.files[0], maxBytes), taken);
      },
    },
  });
  const choose = button(page, "upload", "camera.upload", { mark: "upload", press: () => file.click() });
  return element("div", { class: "upload" }, choose, file, element("span", { class: "hint" }, page.t("camera.jpeg")));
}

/** What is shown when the camera gives no picture: nothing is lost, a file does as well. */
function absent(page, failure) {
  const code = failure instanceof Failure ? failure.code : "camera_unavailable";
  return note("warning", element("p", {}, page.t(`error.${code}`)), element("p", {}, page.t("camera.file-instead")));
}

async function deliver(page, make, taken) {
  let picture;
  try {
    picture = await make();
  } catch (failure) {
    page.complain(failure);
    return;
  }
  if (!page.signal.aborted) taken(picture);
}
