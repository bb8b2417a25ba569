// The wiring: reads the address, loads the words, and puts the journey, the languages and the toys in their places.

import { Agent } from "./agent.js";
import { Inbox } from "./inbox.js";
import { Journey } from "./journey.js";
import { Words, wantedLanguage } from "./words.js";

const DEFAULT_PORT = 13579;
const ALGORITHMS = ["rsa2048", "p256", "gost512"];

const place = (id) => document.getElementById(id);
const address = new URL(location.href).searchParams;
const words = await Words.load(wantedLanguage(location.href, navigator.languages));
const journey = new Journey({
  agent: new Agent(portOf(address.get("agent"))),
  words,
  algorithm: ALGORITHMS.find((name) => name === address.get("algorithm")) ?? ALGORITHMS[0],
  main: place("main"),
  parts: place("parts"),
  line: place("line"),
  banner: place("banner"),
});
const inbox = new Inbox(place("toy"), words);

for (const button of document.querySelectorAll("button[data-lang]")) {
  button.addEventListener("click", () => speak(button.dataset.lang));
}
fillFixedTexts(words);
await inbox.start();

async function speak(lang) {
  const chosen = await Words.load(lang);
  const here = new URL(location.href);
  here.searchParams.set("lang", lang);
  history.replaceState(null, "", here);
  fillFixedTexts(chosen);
  journey.speak(chosen);
  inbox.speak(chosen);
}

function fillFixedTexts(chosen) {
  document.documentElement.lang = chosen.lang;
  document.title = `${chosen.get("start.title")} · Tanba`;
  chosen.fill(document);
  for (const button of document.querySelectorAll("button[data-lang]")) {
    button.setAttribute("aria-pressed", String(button.dataset.lang === chosen.lang));
  }
}

/** The agent's port in the address, or the usual one where there is none that could be. */
function portOf(text) {
  const port = Number(text);
  return Number.isInteger(port) && port > 0 && port < 65536 ? port : DEFAULT_PORT;
}
