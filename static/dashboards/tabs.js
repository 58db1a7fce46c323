// Tabs that work with arrow keys and need no reload; without this script they are links.

import { refresh } from "./parts.js";

const tabs = () => [...document.querySelectorAll('[role="tab"]')];
const panel = () => document.getElementById("panel");

const select = (chosen) => {
  for (const tab of tabs()) {
    tab.setAttribute("aria-selected", String(tab === chosen));
    tab.tabIndex = tab === chosen ? 0 : -1;
  }
};

const skeleton = () => {
  const lines = document.createElement("div");
  lines.className = "skeletons";
  for (let line = 0; line < 5; line += 1) lines.append(Object.assign(document.createElement("span"), { className: "skeleton" }));
  panel().setAttribute("aria-busy", "true");
  panel().append(lines);
};

let latest = 0;

// Shows the page of an address in place; a slow answer shows a skeleton, a late one is dropped.
const show = async (address, { push = true } = {}) => {
  const own = (latest += 1);
  const waiting = setTimeout(skeleton, 150);
  if (push) history.pushState(null, "", address);
  try {
    await refresh(address);
  } catch {
    location.assign(address);
  } finally {
    clearTimeout(waiting);
    if (own === latest) panel().removeAttribute("aria-busy");
  }
};

// The forecast's target stays as the reader chose it.
const keepTarget = (address) => {
  const kept = new URL(address, location.href);
  const target = new URL(location.href).searchParams.get("target");
  if (target && !kept.searchParams.has("target")) kept.searchParams.set("target", target);
  return kept.href;
};

const open = (tab) => {
  select(tab);
  show(keepTarget(tab.href));
};

const byKey = (event) => {
  const all = tabs();
  const here = all.indexOf(event.target);
  const next = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: all.length - 1 }[event.key];
  if (here < 0 || next === undefined) return;
  event.preventDefault();
  const tab = all[(next + all.length) % all.length];
  tab.focus();
  open(tab);
};

const ofForm = (form) => {
  const address = new URL(form.getAttribute("action") ?? location.pathname, location.href);
  address.search = new URLSearchParams(new FormData(form));
  return address.href;
};

const plain = (event) => event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

export const startTabs = () => {
  select(tabs().find((tab) => tab.getAttribute("aria-selected") === "true"));
  document.addEventListener("keydown", byKey);
  document.addEventListener("click", (event) => {
    const link = event.target.closest('[role="tab"], a[data-partial]');
    if (!link || !plain(event)) return;
    event.preventDefault();
    if (link.getAttribute("role") === "tab") open(link);
    else show(keepTarget(link.href)).then(() => panel().focus());
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-partial], form[data-target]");
    if (form) show(keepTarget(ofForm(form)));
  });
  window.addEventListener("popstate", () => {
    const name = new URL(location.href).searchParams.get("tab") ?? "rounds";
    select(document.getElementById(`tab-${name}`));
    show(location.href, { push: false });
  });
};
