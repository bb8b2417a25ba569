// An application: its number to keep, and its statuses with their times.

import { element, icon } from "./element.js";
import { moment } from "./times.js";

export function applicationCard(page, application) {
  return element(
    "section",
    { class: "application" },
    element("p", {}, page.t("application.given")),
    element(
      "p",
      { class: "application-number" },
      element("output", {}, application.number),
      copyButton(page, application.number),
    ),
    element("p", { class: "hint" }, page.t("application.keep")),
    element(
      "p",
      { class: "status-now", data: { status: application.status } },
      element("span", {}, page.t("application.status")),
      element("strong", {}, page.t(`status.${application.status}`)),
    ),
    application.reason && element("p", {}, page.t("application.reason", { reason: application.reason })),
    statusTable(page, application.history),
  );
}

function copyButton(page, number) {
  const text = element("span", {}, page.t("application.copy"));
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(number);
      text.textContent = page.t("application.copied");
    } catch {
      text.textContent = page.t("application.copy.failed");
    }
  };
  return element(
    "button",
    {
      type: "button",
      class: "other small",
      data: { action: "copy-number" },
      "aria-live": "polite",
      on: { click: copy },
    },
    icon("copy"),
    text,
  );
}

function statusTable(page, history) {
  const row = ({ at, status }) =>
    element("tr", {}, element("td", {}, moment(at)), element("td", {}, page.t(`status.${status}`)));
  return element(
    "table",
    { class: "statuses" },
    element("caption", {}, page.t("application.table")),
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        element("th", { scope: "col" }, page.t("application.time")),
        element("th", { scope: "col" }, page.t("application.name")),
      ),
    ),
    element("tbody", {}, history.map(row)),
  );
}
