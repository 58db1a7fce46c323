// The form for a new project: an editable list of classes, then on to its images.

import { call } from "./api.js";
import { showCall } from "./fields.js";
import { tell } from "./forms.js";

const form = document.getElementById("new-project");
const list = form.querySelector("[data-classes]");
const template = form.querySelector("[data-class-template]");

const rows = () => [...list.querySelectorAll("[data-class]")];

const add = (name = "") => {
  const row = template.content.firstElementChild.cloneNode(true);
  row.querySelector("[data-name]").value = name;
  list.append(row);
  return row;
};

const classes = () =>
  rows()
    .map((row) => ({
      name: row.querySelector("[data-name]").value.trim(),
      key: row.querySelector("[data-key]").value,
    }))
    .filter(({ name }) => name)
    .map(({ name, key }) => (key ? { name, key } : name));

const body = () => ({
  name: form.elements.name.value,
  question: form.elements.question.value,
  guidelines: form.elements.guidelines.value,
  classes: classes(),
  preset: form.elements.preset.value,
});

list.addEventListener("click", (event) => {
  const button = event.target.closest("[data-remove-class]");
  if (!button) return;
  button.closest("[data-class]").remove();
  if (rows().length === 0) add();
  showCall(form.dataset.rest, body());
});

list.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  const row = event.target.closest("[data-class]");
  (row.nextElementSibling ?? add()).querySelector("[data-name]").focus();
});

// Several lines pasted into a name become several classes.
list.addEventListener("paste", (event) => {
  if (!event.target.matches("[data-name]")) return;
  const names = event.clipboardData.getData("text").split(/\r?\n/).map((name) => name.trim()).filter(Boolean);
  if (names.length < 2) return;
  event.preventDefault();
  const empty = rows().filter((row) => !row.querySelector("[data-name]").value);
  for (const name of names) {
    const row = empty.shift();
    if (row) row.querySelector("[data-name]").value = name;
    else add(name);
  }
  showCall(form.dataset.rest, body());
});

form.querySelector("[data-add-class]").addEventListener("click", () => add().querySelector("[data-name]").focus());
form.addEventListener("input", () => showCall(form.dataset.rest, body()));
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  tell(form, "Creating…", "muted");
  try {
    const project = await call("POST", form.dataset.api, body());
    location.assign(`${form.dataset.then}${project.id}/settings#images`);
  } catch (problem) {
    tell(form, problem.message, "bad");
  }
});

// Beside the form there is room for the call on wide screens.
document.querySelector(".rest").open = matchMedia("(min-width: 861px)").matches;
