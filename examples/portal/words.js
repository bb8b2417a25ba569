// The words of the page in Kazakh, Russian and English, and which of them is in force.

export const LANGUAGES = ["kk", "ru", "en"];

const PLACE = /\{([a-z]+)\}/g;

/** The words of one language. */
export class Words {
  #texts;

  constructor(lang, texts) {
    this.lang = lang;
    this.#texts = texts;
  }

  /** Loads a language. */
  static async load(lang) {
    const answer = await fetch(new URL(`words/${lang}.json`, import.meta.url));
    if (!answer.ok) throw new Error(`the words of ${lang} are not there: ${answer.status}`);
    return new Words(lang, await answer.json());
  }

  /** A text with its `{places}` filled. A key that is not there is shown as it is, so that it is noticed. */
  get(key, values = {}) {
    const text = this.#texts[key] ?? key;
    return text.replace(PLACE, (place, name) => values[name] ?? place);
  }

  /** Whether there is a text of that name. */
  has(key) {
    return key in this.#texts;
  }

  /** Fills the fixed texts of the document: `data-words` is a text, `data-words-label` an `aria-label`. */
  fill(root) {
    for (const node of root.querySelectorAll("[data-words]")) node.textContent = this.get(node.dataset.words);
    for (const node of root.querySelectorAll("[data-words-label]")) {
      node.setAttribute("aria-label", this.get(node.dataset.wordsLabel));
    }
  }
}

/** The language that the address names, else the first of the browser's that there is, else Kazakh. */
export function wantedLanguage(address, browser) {
  const named = new URL(address).searchParams.get("lang");
  const wishes = [named, ...browser.map((tag) => tag.slice(0, 2).toLowerCase())];
  return wishes.find((wish) => LANGUAGES.includes(wish)) ?? "kk";
}
