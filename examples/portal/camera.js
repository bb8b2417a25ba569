// The camera: one stream at a time, frames as JPEG, uploaded pictures checked and drawn anew.

import { Failure } from "./failure.js";

const LONGEST_SIDE = 1280;
// The first is what is wanted; the others are for pictures that would be larger than the agent accepts.
const QUALITIES = [0.85, 0.7, 0.5];

let stream = null;
let streamFacing = null;
// Grows with every closing, so that a permission given too late opens nothing.
let closings = 0;

/**
 * Shows the camera in a `video`; an open stream is used again. `facing` is `user` or `environment`.
 * Fails with `camera_denied`, `camera_busy` or `camera_unavailable`.
 */
export async function openCamera(video, facing) {
  const before = closings;
  if (stream && streamFacing !== facing) closeTracks();
  if (!stream?.active) {
    const opened = await askForCamera(facing);
    if (closings !== before) {
      for (const track of opened.getTracks()) track.stop();
      return;
    }
    stream = opened;
    streamFacing = facing;
  }
  video.srcObject = stream;
  // Playing is refused when the element was replaced meanwhile; then nobody looks at it any more.
  await video.play().catch(() => {});
}

/** Turns the camera off. */
export function closeCamera() {
  closings += 1;
  closeTracks();
}

/** Asks the browser for the camera and turns it off again: the check of the guide's step 2. */
export async function tryCamera() {
  const opened = await askForCamera("user");
  for (const track of opened.getTracks()) track.stop();
}

/** The picture that a `video` shows now, as a JPEG of at most `maxBytes`. */
export function takeFrame(video, maxBytes) {
  return draw(video, video.videoWidth, video.videoHeight, maxBytes);
}

/**
 * An uploaded picture as a JPEG of at most `maxBytes`. It is drawn anew, so that what else the file holds (the
 * place where it was taken, the camera's number) stays on this computer. Fails with `image_not_jpeg`.
 */
export async function readUpload(file, maxBytes) {
  const head = new Uint8Array(await file.slice(0, 3).arrayBuffer());
  if (head[0] !== 0xff || head[1] !== 0xd8 || head[2] !== 0xff) throw new Failure({ code: "image_not_jpeg" });
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new Failure({ code: "image_not_jpeg" });
  });
  return draw(bitmap, bitmap.width, bitmap.height, maxBytes);
}

/** Bytes as the agent takes them: standard base64 with padding. */
export async function toBase64(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  // In pieces, because a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

async function askForCamera(facing) {
  // There is no `mediaDevices` on a page that the browser does not hold for secure.
  if (!navigator.mediaDevices) throw new Failure({ code: "camera_unavailable" });
  try {
    return await navigator.mediaDevices.getUserMedia({
      video: { facingMode: facing, width: { ideal: 1280 }, height: { ideal: 720 } },
      audio: false,
    });
  } catch (error) {
    const codes = { NotAllowedError: "camera_denied", NotReadableError: "camera_busy" };
    throw new Failure({ code: codes[error.name] ?? "camera_unavailable" });
  }
}

function closeTracks() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
}

async function draw(source, width, height, maxBytes) {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  canvas.getContext("2d").drawImage(source, 0, 0, canvas.width, canvas.height);
  for (const quality of QUALITIES) {
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
    if (blob && blob.size <= maxBytes) return blob;
  }
  throw new Failure({ code: "image_too_large" });
}
