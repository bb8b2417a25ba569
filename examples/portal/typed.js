// What was typed into a screen and where the focus was, carried over to the next drawing of the same screen.

/** Reads a screen, but no secrets: those are typed again. `pressed` finds the focus where nothing has it. */
export function typedIn(root, pressed) {
  const values = {};
  for (const node of root.querySelectorAll("[name]")) {
    if (hasTick(node)) values[`${node.name}=${node.value}`] = node.checked;
    else if (node.type !== "password" && node.type !== "file") values[node.name] = node.value;
  }
  return { values, focused: selectorOf(root, document.activeElement) ?? pressed };
}

/** Puts back what `typedIn` read. */
export function restoreTyped(root, { values }) {
  for (const node of root.querySelectorAll("[name]")) {
    if (hasTick(node)) node.checked = values[`${node.name}=${node.value}`] ?? node.checked;
    else if (node.name in values && node.type !== "file") node.value = values[node.name];
  }
}

/** How to find, in the next drawing of a screen, a node of this one. */
export function selectorOf(root, node) {
  if (!root.contains(node)) return null;
  if (node.name) return `[name="${node.name}"]`;
  return node.dataset.action ? `[data-action="${node.dataset.action}"]` : null;
}

function hasTick(node) {
  return node.type === "checkbox" || node.type === "radio";
}
