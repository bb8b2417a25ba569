// The progress bar of four parts, as the guide has it.

import { element, icon } from "./element.js";

const PARTS = {
  1: ["start", "resume", "camera", "iin", "otp-1414", "ready"],
  2: ["phone", "otp-3116", "selfie", "liveness", "pin", "document", "confirm_document", "wait-moderation", "consent"],
  3: ["agreement", "form", "folder", "wait-submission"],
  4: ["wait-issue", "install", "done", "closed"],
};

/** Shows in which part a screen lies. */
export function showParts(place, words, name, prompt) {
  const detail = { otp: prompt?.sender, wait: prompt?.reason }[name];
  const key = detail ? `${name}-${detail}` : name;
  const current = Number(Object.keys(PARTS).find((part) => PARTS[part].includes(key)) ?? 1);
  const ended = name === "done";
  place.replaceChildren(
    ...Object.keys(PARTS)
      .map(Number)
      .map((part) => {
        const done = part < current || ended;
        const now = part === current && !ended;
        return element(
          "li",
          { class: done ? "done" : now ? "now" : "", "aria-current": now && "step" },
          element("span", { class: "number" }, done ? icon("check") : String(part)),
          element(
            "span",
            { class: "text" },
            element("small", {}, words.get("parts.part", { n: part })),
            element("span", {}, words.get(`parts.${part}`)),
          ),
          done && element("span", { class: "unseen" }, words.get("parts.done")),
        );
      }),
  );
}
