// The application form and the folder for the keys (the guide's steps 23 to 25).

import { element } from "../element.js";
import { Failure } from "../failure.js";
import { folderField } from "../folder-field.js";
import { actions, button, facts, field, form as sendingForm, note, paragraph } from "../pieces.js";

export function form(page) {
  const { prefill, storages } = page.prompt;
  const known = ["iin", "surname", "name", "patronymic"].filter((name) => prefill[name]);
  const send = ({ email, storage }) => {
    const { folder } = page.keepsakes;
    if (!folder) return page.complain(new Failure({ code: "folder_not_chosen" }));
    const answer = { kind: "form", storage };
    if (email.trim() !== "") answer.email = email.trim();
    return page.answer(answer, { kind: "folder", folder: folder.handle });
  };
  return {
    title: page.t("form.title"),
    body: [
      note("warning", paragraph(page, "form.insecure")),
      sendingForm(
        send,
        element("h2", {}, page.t("form.data")),
        facts(known.map((name) => [page.t(`recognised.${name}`), prefill[name]])),
        field(page, "email", {
          label: "form.email",
          hint: "form.email.hint",
          type: "email",
          inputmode: "email",
          placeholder: "example@example.kz",
          maxlength: 254,
        }),
        element("h2", {}, page.t("form.storage.data")),
        storageField(page, storages),
        facts([[page.t("form.algorithm"), page.t(`algorithm.${page.enrolment.algorithm}`)]]),
        folderField(page),
        element("p", { class: "hint" }, page.t("form.submit.hint")),
        actions(button(page, "submit", "form.submit", { main: true })),
      ),
    ],
  };
}

/** The folder alone: the form was accepted, but its folder was not. */
export function folder(page) {
  const send = () => {
    const chosen = page.keepsakes.folder;
    if (!chosen) return page.complain(new Failure({ code: "folder_not_chosen" }));
    return page.answer({ kind: "folder", folder: chosen.handle });
  };
  return {
    title: page.t("folder.title"),
    lead: page.t("folder.lead"),
    body: [
      sendingForm(
        send,
        folderField(page),
        element("p", { class: "hint" }, page.t("form.submit.hint")),
        actions(button(page, "submit", "form.submit", { main: true })),
      ),
    ],
  };
}

function storageField(page, storages) {
  return element(
    "div",
    { class: "field" },
    element("label", { for: "field-storage" }, page.t("form.storage")),
    element(
      "select",
      { id: "field-storage", name: "storage" },
      storages.map((storage) => element("option", { value: storage }, page.t(`storage.${storage}`))),
    ),
  );
}
