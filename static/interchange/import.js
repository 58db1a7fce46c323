// Imports on the settings page: send a file or name a dataset, watch it, see what became of it.

import { call } from "../projects/api.js";
import { refresh } from "../projects/parts.js";
import { chosenFields } from "./choices.js";
import { show } from "./import_list.js";
import { upload } from "./upload.js";

const LOOK_MS = 1000;
const REST_MS = 5000;

const place = document.getElementById("import");
const api = place.dataset.api;
const at = (name) => document.getElementById(`import-${name}`);
const drop = at("drop");
const form = at("form");

let file = null;
let sending = null;
let timer = 0;
const finished = new Set();

const say = (problem) => (at("problem").textContent = problem);

const sizeOf = (bytes) =>
  bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toLocaleString("en", { maximumFractionDigits: 1 })} MB`;

const choose = (chosen) => {
  file = chosen ?? null;
  say("");
  drop.classList.toggle("chosen", Boolean(file));
  at("chosen").textContent = file ? file.name : "Drop a file here, or choose one";
  at("about").textContent = file ? sizeOf(file.size) : "A .zip of images (folders in it are classes), .npz, .npy, or IDX.";
  at("labels-field").hidden = !file || /\.(zip|npz)$/i.test(file.name);
  settle();
};

const settle = () => {
  const named = !file && at("named").open && at("dataset").value.trim();
  at("named").hidden = Boolean(file);
  at("choices").hidden = (!file && !named) || Boolean(sending);
  at("forget").hidden = !file;
  at("sending").hidden = !sending;
  at("classes").hidden = form.elements.labels.value !== "some";
};

const forget = () => {
  at("file").value = "";
  at("labels").value = "";
  at("dataset").value = "";
  choose(null);
};

const sent = (share) => {
  at("sent").value = share;
  at("sent-words").textContent = share < 1 ? `Sending: ${Math.round(share * 100)} %. Keep this page open.` : "Sent. The server is storing it.";
};

const send = async () => {
  const choices = chosenFields(form, at);
  if (!file) return call("POST", api, { source: datasetOf(), ...choices });
  sent(0);
  sending = upload(api, { file, labels: at("labels-field").hidden ? null : at("labels").files[0], choices }, sent);
  settle();
  return sending.answer;
};

const datasetOf = () => ({
  kind: "torchvision",
  name: at("dataset").value.trim(),
  download: at("download").checked,
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (sending) return;
  say("");
  try {
    const view = await send();
    sending = null;
    if (view) forget();
  } catch (problem) {
    say(problem.message);
  }
  sending = null;
  settle();
  look();
});

at("file").addEventListener("change", () => choose(at("file").files[0]));
at("stop").addEventListener("click", () => sending?.stop());
at("forget").addEventListener("click", forget);
at("named").addEventListener("toggle", settle);
form.addEventListener("input", settle);

// A file that misses the zone must not replace the page.
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => event.preventDefault());
drop.addEventListener("dragover", () => drop.classList.add("over"));
drop.addEventListener("dragleave", () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
  drop.classList.remove("over");
  if (!sending) choose(event.dataTransfer.files[0]);
});
addEventListener("beforeunload", (event) => {
  if (sending) event.preventDefault();
});

const all = async () => {
  const items = [];
  for (let after = 0; after !== null; ) {
    const page = await call("GET", `${api}?limit=200&after=${after}`);
    items.push(...page.items);
    after = page.next;
  }
  return items;
};

const active = (each) => each.state === "queued" || each.state === "running";

const look = async () => {
  clearTimeout(timer);
  let wait = REST_MS;
  try {
    const imports = await all();
    show(document.getElementById("imports"), imports);
    if (imports.some(active)) wait = LOOK_MS;
    await noteFinished(imports);
  } catch {
    // The next look may reach the server again.
  }
  if (document.visibilityState === "visible") timer = setTimeout(look, wait);
};

// What an import brings is shown elsewhere on the page too.
const noteFinished = async (imports) => {
  const before = finished.size;
  const first = !place.dataset.looked;
  for (const each of imports) if (each.state === "done") finished.add(each.id);
  place.dataset.looked = "true";
  if (!first && finished.size > before) await refresh(["head", "image-counts", "classes", "history"]);
};

document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
settle();
look();
