// A query in every detail, in a dialog over the mosaic; without this script it is a page.

import { fetchPage } from "./parts.js";
import { showTimes } from "./times.js";

const dialog = () => document.querySelector("[data-details-dialog]");

const closer = () => {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button small dialog-close", textContent: "Close" });
  button.addEventListener("click", () => dialog().close());
  return button;
};

const open = async (link) => {
  const page = await fetchPage(link.href);
  dialog().replaceChildren(closer(), ...page.querySelector('[data-part="query"]').childNodes);
  showTimes(dialog());
  dialog().showModal();
  dialog().addEventListener("close", () => link.focus(), { once: true });
};

export const startDetails = () => {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-details]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
    event.preventDefault();
    open(link).catch(() => location.assign(link.href));
  });
  dialog().addEventListener("click", (event) => {
    if (event.target === dialog()) dialog().close();
  });
};
