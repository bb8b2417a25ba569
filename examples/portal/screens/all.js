// Every screen by its name: the kind of a prompt, and four that come before or between prompts.

import { agreement } from "./agreement.js";
import { camera } from "./camera.js";
import { closed } from "./closed.js";
import { confirmDocument } from "./confirm_document.js";
import { consent } from "./consent.js";
import { identityDocument } from "./document.js";
import { done } from "./done.js";
import { folder, form } from "./form.js";
import { iin } from "./iin.js";
import { install } from "./install.js";
import { liveness } from "./liveness.js";
import { otp } from "./otp.js";
import { phone } from "./phone.js";
import { pin } from "./pin.js";
import { ready } from "./ready.js";
import { resume } from "./resume.js";
import { selfie } from "./selfie.js";
import { start } from "./start.js";
import { wait } from "./wait.js";

export const SCREENS = {
  start,
  resume,
  camera,
  ready,
  iin,
  otp,
  phone,
  selfie,
  liveness,
  pin,
  document: identityDocument,
  confirm_document: confirmDocument,
  consent,
  agreement,
  form,
  folder,
  wait,
  install,
  done,
  closed,
};
