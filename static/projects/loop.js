// The form of the loop's settings: presets, what each value brings, a diff before saving.

import { call } from "./api.js";
import { showCall, valueOf } from "./fields.js";
import { tell } from "./forms.js";
import { refresh } from "./parts.js";

const form = () => document.getElementById("loop-form");
const stored = (id) => JSON.parse(document.getElementById(id).textContent);

const chosenPart = (setting) => setting.querySelector("[data-options-of]:not([hidden])");

const isLive = (field) => field.name && !field.disabled && !field.closest("[data-options-of][hidden]");

// Options that stand at their default are left out, as the server does.
const isDefault = (field) => "default" in field.dataset && String(valueOf(field)) === field.dataset.default;

const read = () => {
  const settings = stored("current-settings");
  for (const select of form().querySelectorAll("[data-part-choice]")) {
    settings[select.name.split(".")[0]] = { name: select.value, options: {} };
  }
  for (const field of form().elements) {
    if (!isLive(field) || field.tagName === "BUTTON" || field.matches("[data-part-choice]") || isDefault(field)) continue;
    const path = field.name.split(".");
    const last = path.pop();
    path.reduce((place, key) => place[key], settings)[last] = valueOf(field);
  }
  return settings;
};

const put = (field, value) => {
  if (field.type === "checkbox") field.checked = value;
  else field.value = value;
};

const showPart = (setting, name) => {
  for (const part of setting.querySelectorAll("[data-options-of]")) part.hidden = part.dataset.optionsOf !== name;
};

const fillPart = (setting, { name, options }) => {
  setting.querySelector("[data-part-choice]").value = name;
  showPart(setting, name);
  for (const field of chosenPart(setting).querySelectorAll("[name]")) {
    const given = options[field.name.split(".").at(-1)];
    put(field, given ?? (field.type === "checkbox" ? field.dataset.default === "true" : field.dataset.default));
  }
};

const fill = (settings) => {
  for (const setting of form().querySelectorAll("[data-setting]")) {
    const value = settings[setting.dataset.setting];
    if (setting.querySelector("[data-part-choice]")) fillPart(setting, value);
    else if (setting.querySelector(".mix")) for (const range of setting.querySelectorAll("input")) put(range, value[range.name.split(".")[1]]);
    else for (const field of setting.querySelectorAll("[name]:not(:disabled)")) put(field, value);
  }
};

// What is fixed by now, and the seed, are the project's own and no matter of taste.
const fillPreset = (name) => {
  const { settings } = stored("presets").find((preset) => preset.name === name);
  fill({ ...settings, seed: stored("current-settings").seed, overlap: read().overlap, image_size: read().image_size });
};

const percents = () => {
  const shares = [...form().querySelectorAll(".mix input")];
  const total = shares.reduce((sum, each) => sum + Number(each.value), 0) || 1;
  for (const share of shares) share.nextElementSibling.textContent = `${Math.round((100 * share.value) / total)} %`;
};

const element = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });

const line = ({ title, before, after }) => {
  const item = element("li", `${title} `);
  item.append(element("del", before), " ", element("ins", after));
  return item;
};

const show = ({ problems, changes, consequences }) => {
  for (const place of form().querySelectorAll("[data-problem-for]")) {
    const own = problems.filter(({ field }) => field.split(".")[0] === place.dataset.problemFor);
    place.textContent = own.map(({ sentence }) => sentence).join(" ");
    place.hidden = own.length === 0;
  }
  for (const place of form().querySelectorAll("[data-consequence]")) {
    place.textContent = consequences[place.dataset.consequence] ?? place.textContent;
  }
  const bar = form().querySelector("[data-save-bar]");
  bar.hidden = changes.length === 0 && problems.length === 0;
  bar.querySelector("[type=submit]").disabled = problems.length > 0;
  bar.querySelector("[data-diff]").replaceChildren(...changes.map(line));
  bar.querySelector("[data-change-count]").textContent =
    problems.length > 0 ? "Something does not fit yet" : changes.length === 1 ? "1 change" : `${changes.length} changes`;
};

let waiting = 0;
const consider = () => {
  percents();
  const settings = read();
  showCall("rest-loop-1", { version: Number(form().dataset.version), settings });
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    try {
      show(await call("POST", form().dataset.check, { settings }));
      tell(form(), "");
    } catch (problem) {
      tell(form(), problem.message, "bad");
    }
  }, 200);
};

const save = async () => {
  tell(form(), "Saving…", "muted");
  try {
    const version = Number(form().dataset.version);
    await call("PUT", form().dataset.api, { version, settings: read() });
    await refresh(["loop", "head", "history"], form());
  } catch (problem) {
    tell(form(), problem.message, "bad");
  }
};

const discard = () => {
  fill(stored("current-settings"));
  consider();
};

export const begin = () => {
  percents();
  document.addEventListener("parts-refreshed", percents);
  document.addEventListener("input", (event) => {
    if (event.target.form !== form()) return;
    if (event.target.matches("[data-part-choice]")) showPart(event.target.closest("[data-setting]"), event.target.value);
    consider();
  });
  document.addEventListener("click", (event) => {
    const preset = event.target.closest("#loop-form [data-preset]");
    if (preset) fillPreset(preset.dataset.preset);
    if (event.target.closest("#loop-form [data-discard]")) discard();
    else if (preset) consider();
  });
  document.addEventListener("submit", (event) => {
    if (event.target !== form()) return;
    event.preventDefault();
    save();
  });
};
