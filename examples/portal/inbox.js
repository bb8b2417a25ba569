// The toy telephone: the sandbox's SMS inbox, and its invented persons. No real message ever comes here.

import { element, icon } from "./element.js";

const PERIOD_MS = 2000;

/** Draws the telephone and asks for new messages every two seconds, while somebody can see the page. */
export class Inbox {
  #place;
  #words;
  #messages = [];
  #persons = [];
  #seen = 0;
  #open = false;
  #peopleOpen = true;

  constructor(place, words) {
    this.#place = place;
    this.#words = words;
  }

  /** Begins to ask. A page that is not the sandbox's shows no telephone. */
  async start() {
    this.#persons = (await ask("/sandbox/persons")) ?? [];
    await this.#look();
    setInterval(() => document.hidden || this.#look(), PERIOD_MS);
  }

  /** Speaks another language from now on. */
  speak(words) {
    this.#words = words;
    this.#draw();
  }

  async #look() {
    const messages = await ask("/sandbox/sms");
    if (messages === null) {
      this.#place.hidden = true;
      return;
    }
    if (!this.#place.hidden && messages.length === this.#messages.length) return;
    this.#messages = messages;
    this.#place.hidden = false;
    this.#draw();
  }

  #draw() {
    const t = (key, values) => this.#words.get(key, values);
    const fresh = this.#open ? 0 : this.#messages.length - this.#seen;
    const toggle = element(
      "button",
      {
        type: "button",
        class: "toy-toggle",
        "aria-expanded": String(this.#open),
        "aria-controls": "toy-body",
        data: { action: "toy" },
        on: { click: () => this.#toggle() },
      },
      icon("sms"),
      element("span", {}, t("toy.title")),
      fresh > 0 && element("span", { class: "fresh" }, t("toy.fresh", { n: fresh })),
    );
    const telephone = element(
      "div",
      { class: "telephone" },
      element("p", { class: "toy-label" }, "SANDBOX"),
      element("h2", {}, t("toy.title")),
      element("p", { class: "toy-lead" }, t("toy.lead")),
      element(
        "ol",
        { class: "messages", "aria-live": "polite", "aria-label": t("toy.messages") },
        this.#messages.length === 0
          ? element("li", { class: "none" }, t("toy.none"))
          : [...this.#messages].reverse().map((sms) => this.#bubble(sms)),
      ),
    );
    this.#place.classList.toggle("open", this.#open);
    const body = element("div", { class: "toy-body", id: "toy-body" }, telephone, this.#people());
    this.#place.replaceChildren(toggle, body);
  }

  #bubble({ sender, text, code }) {
    const copy =
      code &&
      element(
        "button",
        { type: "button", class: "code-button", data: { smsCode: code }, on: { click: () => fill("otp", code) } },
        icon("copy"),
        element("span", {}, this.#words.get("toy.code", { code })),
      );
    return element("li", { class: "bubble" }, element("strong", {}, sender), element("p", {}, text), copy);
  }

  #people() {
    if (this.#persons.length === 0) return null;
    const t = (key) => this.#words.get(key);
    const known = (situation) => this.#words.has(`toy.situation.${situation}`);
    const person = ({ iin, phone, surname, name, situation }) =>
      element(
        "li",
        {},
        element("strong", {}, `${surname} ${name}`),
        known(situation) && element("small", {}, t(`toy.situation.${situation}`)),
        element(
          "button",
          { type: "button", class: "code-button", data: { iin }, on: { click: () => fill("iin", iin) } },
          `${t("recognised.iin")} ${iin}`,
        ),
        phone &&
          element(
            "button",
            { type: "button", class: "code-button", data: { phone }, on: { click: () => fill("phone", phone) } },
            phone,
          ),
      );
    const toggled = (event) => (this.#peopleOpen = event.currentTarget.open);
    return element(
      "details",
      { class: "people", open: this.#peopleOpen, on: { toggle: toggled } },
      element("summary", {}, t("toy.people")),
      element("p", {}, t("toy.people.lead")),
      element("ul", {}, this.#persons.map(person)),
    );
  }

  #toggle() {
    this.#open = !this.#open;
    this.#seen = this.#messages.length;
    this.#draw();
    this.#place.querySelector(".toy-toggle").focus();
  }
}

/** Puts a text into the field of that name, where the present screen has one. */
function fill(name, text) {
  const field = document.querySelector(`main input[name="${name}"]`);
  if (!field) return;
  field.value = text;
  field.focus();
}

async function ask(path) {
  try {
    const answer = await fetch(path, { headers: { accept: "application/json" }, cache: "no-store" });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null; // The sandbox is away, or never was here: then there are no toys.
  }
}
