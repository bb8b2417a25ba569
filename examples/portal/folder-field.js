// The folder for the keys: chosen in the agent's own window, shown by its name, cleared by a cross.

import { element, icon } from "./element.js";
import { button } from "./pieces.js";

export function folderField(page) {
  const { folder } = page.keepsakes;
  const clear = () => {
    delete page.keepsakes.folder;
    page.redraw();
  };
  const cross = element(
    "button",
    {
      type: "button",
      class: "clear",
      data: { action: "clear-folder" },
      "aria-label": page.t("folder.clear"),
      title: page.t("folder.clear"),
      on: { click: clear },
    },
    icon("cross"),
  );
  const choose = button(page, "choose-folder", "folder.choose", { mark: "folder", press: () => page.chooseFolder() });
  return element(
    "div",
    { class: "field", role: "group", "aria-labelledby": "folder-label" },
    element("span", { class: "label", id: "folder-label" }, page.t("folder.label")),
    element(
      "div",
      { class: "folder" },
      folder && element("span", { class: "folder-name" }, icon("folder"), element("strong", {}, folder.name), cross),
      choose,
    ),
    element("p", { class: "hint" }, page.t("folder.hint")),
  );
}
