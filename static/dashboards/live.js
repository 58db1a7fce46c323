// Live figures by server-sent events: paints what moves at once, asks for the rest when it changed.

import { refresh } from "./parts.js";

const PATIENCE = 3000;
let revision = null;
let asked = 0;
let waiting = null;

const all = (name) => document.querySelectorAll(`[data-live="${name}"]`);
const write = (name, text) => {
  for (const element of all(name)) if (element.textContent !== text) element.textContent = text;
};

const lamp = { working: "good pulse", stuck: "bad" };

const paintStage = (stage) => {
  for (const element of document.querySelectorAll(`[data-stage="${stage.id}"]`)) {
    const bar = element.querySelector("progress");
    if (bar) bar.value = stage.share;
    const percent = element.querySelector('[data-live="percent"]');
    if (percent) percent.textContent = `${Math.round(stage.share * 100)} %`;
    const details = element.querySelector('[data-live="details"]');
    if (details) details.textContent = stage.details;
  }
};

const paint = (snapshot) => {
  write("sentence", snapshot.machine.sentence);
  write("hint", snapshot.machine.hint);
  write("answers", snapshot.answers.toLocaleString("en"));
  write("open_queries", `${snapshot.open_queries.toLocaleString("en")} open ${snapshot.open_queries === 1 ? "query" : "queries"}`);
  for (const bar of all("share")) bar.value = snapshot.share ?? 0;
  for (const dot of all("condition")) dot.className = `dot ${lamp[snapshot.machine.condition] ?? "muted"}`;
  snapshot.machine.stages.forEach(paintStage);
};

// At most one request in three seconds, and none while nobody looks.
const catchUp = () => {
  if (waiting || document.hidden) return;
  waiting = setTimeout(async () => {
    waiting = null;
    asked = Date.now();
    await refresh().catch(() => {});
  }, Math.max(0, asked + PATIENCE - Date.now()));
};

const changed = (event) => {
  const snapshot = JSON.parse(event.data);
  paint(snapshot);
  if (revision !== null && revision !== snapshot.revision) catchUp();
  revision = snapshot.revision;
};

const connection = (text, lost) => {
  const mark = document.querySelector("[data-connection]");
  mark.hidden = false;
  mark.textContent = text;
  mark.classList.toggle("lost", lost);
};

export const startLive = (address) => {
  const source = new EventSource(address);
  source.addEventListener("open", () => connection("live", false));
  source.addEventListener("changed", changed);
  source.addEventListener("error", () => {
    connection("connecting again", true);
    // A browser gives up on an answer that is no stream, such as an expired sign-in.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => startLive(address), 10_000);
  });
  document.addEventListener("visibilitychange", () => document.hidden || catchUp());
  window.addEventListener("pagehide", () => source.close(), { once: true });
};
