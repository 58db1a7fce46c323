// The dialog in which people choose keys of their own: a line, a press, and at once whether it clashes.
// Knows which keys nobody may take; the server has the last word.

import { COMMANDS, assign } from "./keys.js";
import { MEANINGS } from "./help.js";

/** What the lines of commands are called; a newer command goes by its meaning. */
const NAMES = {
  cannotTell: "Can’t tell", noneOfThese: "None of these", inBetween: "In between", skip: "Skip", never: "Never again", undo: "Undo",
  remark: "Remark", twins: "Real images like this", why: "Why was this asked",
  invert: "Invert", contrast: "More contrast", smooth: "Blend pixels", guidelines: "Guidelines",
};
/** Signs that zoom, list the keys or open the browser's search. */
const FIXED = "+=-?/'";

/** What a press would make the key of something: {key}, or {refusal}; null: the press is for the dialog. */
export const pressed = (event) => {
  const { key, code } = event;
  if (["Tab", "Enter", "Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock"].includes(key) || event.isComposing) return null;
  if (event.ctrlKey || event.metaKey || event.altKey) return { refusal: "Combinations belong to the browser. Choose a key alone." };
  if (key.length !== 1 || key === " " || FIXED.includes(key)) return { refusal: `${key === " " ? "Space" : key} stays what it is. Choose a letter, a digit or another sign.` };
  if (event.shiftKey && /^Digit/.test(code) && !/\d/.test(key)) return { refusal: "Choose a key without Shift." };
  return { key: key.toLowerCase() };
};

/** What every class and command would be on, by target, with `chosen` in force. */
export const inForce = (classes, chosen) => {
  const filled = new Map(assign(classes, chosen).map(({ id, key }) => [`class:${id}`, key]));
  const ofClasses = classes.map(({ id, key }) => [`class:${id}`, chosen[`class:${id}`] ?? (key || filled.get(`class:${id}`))]);
  const ofCommands = Object.entries(COMMANDS).map(([name, key]) => [name, chosen[name] ?? key]);
  return new Map([...ofClasses, ...ofCommands].map(([target, key]) => [target, key.toLowerCase()]));
};

/** Targets that share a key with another where somebody chose it, by key. */
export const clashes = (classes, chosen) => {
  const sharing = new Map();
  for (const [target, key] of inForce(classes, chosen)) sharing.set(key, [...(sharing.get(key) ?? []), target]);
  return new Map([...sharing].filter(([key, targets]) => key && targets.length > 1 && targets.some((each) => each in chosen)));
};

export class OwnKeys {
  #dialog;
  #list;
  #problem;
  #save;
  #classes = [];
  #chosen = {};
  #listening = null;
  #preferences;

  constructor(dialog, preferences) {
    this.#dialog = dialog;
    this.#preferences = preferences;
    this.#list = dialog.querySelector(".lines");
    this.#problem = dialog.querySelector(".problem");
    this.#save = dialog.querySelector("[value=save]");
    dialog.addEventListener("keydown", (event) => this.#key(event));
    dialog.addEventListener("submit", (event) => this.#submit(event));
    dialog.querySelector("[data-reset]").addEventListener("click", () => this.#set({}, "All keys are as the project has them."));
    this.#list.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) this.#listen(button.dataset.target);
    });
    this.#list.addEventListener("focusout", (event) => event.relatedTarget && event.relatedTarget.dataset.target !== this.#listening && this.#listen(null));
  }

  /** Opens the dialog for classes as they are now. */
  open(classes, chosen = this.#preferences.keys, problem = "") {
    this.#classes = classes;
    this.#listening = null;
    this.#list.replaceChildren(group(this.#ofClasses), group(this.#ofCommands));
    this.#set({ ...chosen }, problem);
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#list.querySelector("button").focus();
  }

  get #ofClasses() {
    return this.#classes.map(({ id, name }) => [`class:${id}`, name]);
  }

  get #ofCommands() {
    return MEANINGS.filter(([name]) => COMMANDS[name]).map(([name, meaning]) => [name, NAMES[name] ?? meaning]);
  }

  #set(chosen, word = "") {
    // What is as it would be anyway is no choice.
    const usual = inForce(this.#classes, {});
    this.#chosen = Object.fromEntries(Object.entries(chosen).filter(([target, key]) => usual.has(target) && usual.get(target) !== key));
    this.#draw(word);
  }

  #listen(target) {
    this.#listening = target;
    this.#draw(target ? "Press the new key, or Backspace for none of your own." : "");
  }

  #key(event) {
    if (!this.#listening) return;
    const clears = ["Backspace", "Delete"].includes(event.key);
    const press = clears ? {} : event.key === "Escape" ? { refusal: "" } : pressed(event);
    if (!press) return;
    event.preventDefault();
    const target = this.#listening;
    if (press.refusal) this.#draw(press.refusal);
    else if (press.refusal === "") this.#listen(null);
    else this.#choose(target, press.key);
  }

  /** Puts something on a key; without one a command has none, and a class its usual one. */
  #choose(target, key) {
    const { [target]: _, ...others } = this.#chosen;
    this.#listening = null;
    this.#set(key ? { ...others, [target]: key } : target.startsWith("class:") ? others : { ...others, [target]: "" });
  }

  #submit(event) {
    if (event.submitter?.value !== "save") return;
    const [first] = clashes(this.#classes, this.#chosen).values();
    if (first) {
      event.preventDefault();
      this.#list.querySelector(`[data-target="${first[0]}"]`).focus();
      return;
    }
    const [classes, chosen] = [this.#classes, this.#chosen];
    this.#preferences.choose({ keys: chosen }).then((refusal) => refusal && this.open(classes, chosen, refusal));
  }

  #draw(word) {
    const keys = inForce(this.#classes, this.#chosen);
    const names = new Map([...this.#ofClasses, ...this.#ofCommands]);
    const clash = clashes(this.#classes, this.#chosen);
    const clashing = new Set([...clash.values()].flat());
    for (const button of this.#list.querySelectorAll("button")) {
      const { target } = button.dataset;
      const listening = target === this.#listening;
      const key = keys.get(target).toUpperCase();
      const cap = button.querySelector("kbd");
      cap.textContent = listening ? "press a key" : key || "none";
      cap.classList.toggle("none", !listening && !key);
      button.classList.toggle("listening", listening);
      button.classList.toggle("own", target in this.#chosen);
      button.classList.toggle("clash", clashing.has(target));
    }
    const told = [...clash].map(([key, targets]) => `${key.toUpperCase()} would mean two things: ${targets.map((each) => names.get(each)).join(" and ")}. Choose another key for one of them.`);
    this.#problem.textContent = word || told[0] || "";
    this.#problem.classList.toggle("bad", !this.#listening && told.length > 0);
    this.#save.setAttribute("aria-disabled", String(told.length > 0));
  }
}

const group = (lines) => {
  const list = document.createElement("ul");
  list.append(...lines.map(([target, name]) => line(target, name)));
  return list;
};

const line = (target, name) => {
  const item = document.createElement("li");
  const button = Object.assign(document.createElement("button"), { type: "button" });
  button.dataset.target = target;
  button.append(Object.assign(document.createElement("span"), { textContent: name, dir: "auto" }), document.createElement("kbd"));
  item.append(button);
  return item;
};
