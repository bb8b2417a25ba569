// Elements made by calls: text stays text and never becomes markup.

/**
 * Makes an element, for example
 * `element("button", { class: "main", data: { action: "send" }, on: { click } }, "Send")`.
 *
 * `data` fills `data-…` attributes and `on` adds listeners; an attribute that is `false`, `null` or
 * `undefined` is left out, and one that is `true` is empty. Children are nodes or texts, in lists of any
 * depth; `false`, `null` and `undefined` are left out.
 */
export function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "data") fillData(node, value);
    else if (key === "on") listen(node, value);
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child || child === 0));
  return node;
}

/** A drawing beside a text: it says nothing that the text does not, so screen readers skip it. */
export function icon(name) {
  return element("span", { class: `icon icon-${name}`, "aria-hidden": "true" });
}

function fillData(node, data) {
  for (const [key, value] of Object.entries(data)) {
    if (value !== undefined && value !== null) node.dataset[key] = value;
  }
}

function listen(node, listeners) {
  for (const [event, listener] of Object.entries(listeners)) node.addEventListener(event, listener);
}
