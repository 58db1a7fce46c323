// The class buttons, their key caps, and the field that finds a class by its name.

import { drawCaps } from "./caps.js";
import { MANY } from "./keys.js";

/**
 * So long a button shows that it was pressed: longer than a quick person takes for the next answer. Its
 * end has a frame to itself, and a press that comes right after a frame waits for the next one.
 */
const CONFIRMED_MS = 400;

/** The hue of a class where classes have colors: far from those of its neighbors. */
export const hueOf = (index) => (265 + 137.5 * index) % 360;

export class Buttons {
  #area;
  #box;
  #finder;
  #field;
  #keys;
  #answer;
  #classes = [];
  #written = "";
  #confirming = 0;
  #marked = null;

  /** `answer(classId)` is called for a press. */
  constructor(area, keys, answer) {
    this.#area = area;
    this.#box = area.querySelector(".classes");
    this.#finder = area.querySelector(".finder");
    this.#field = area.querySelector(".finder input");
    this.#keys = keys;
    this.#answer = answer;
    this.#box.addEventListener("click", (event) => {
      const button = event.target.closest("[data-class]");
      if (button) this.#choose(Number(button.dataset.class));
    });
    // A pressed button keeps no focus, so that Space goes on meaning what it means.
    area.addEventListener("mousedown", (event) => event.target.closest(".answer") && event.preventDefault());
    this.#field.addEventListener("input", () => this.#filter());
    this.#field.addEventListener("keydown", (event) => this.#fieldKey(event));
  }

  /** Draws the buttons, if the classes or the person's own keys are others than before. */
  set classes(classes) {
    const written = JSON.stringify([classes, this.#keys.chosen]);
    if (written === this.#written) return;
    this.#written = written;
    this.#classes = classes;
    this.#keys.classes = classes;
    const many = classes.length > MANY;
    this.#area.classList.toggle("many", many);
    this.#area.classList.toggle("ten", many && classes.length <= 10);
    this.#area.classList.toggle("wordy", classes.some(({ name }) => name.length > 7));
    this.#finder.hidden = !this.#keys.typing && classes.length <= 2 * MANY;
    this.#box.replaceChildren(...classes.map((each, index) => this.#button(each, index)));
    this.mark(this.#marked);
    drawCaps(this.#keys);
  }

  get classes() {
    return this.#classes;
  }

  name(classId) {
    return this.#classes.find(({ id }) => id === classId)?.name ?? "";
  }

  /** Whether answering makes sense now. */
  set enabled(enabled) {
    for (const button of this.#area.querySelectorAll("button")) button.disabled = !enabled;
  }

  /** Confirms a press in place, however it came about. */
  confirm({ answer, class: classId }) {
    const button = this.#of({ answer, class: classId });
    if (!button) return;
    // No animation: each of its frames would cost what the next image needs.
    clearTimeout(this.#confirming);
    this.#area.querySelector(".chosen")?.classList.remove("chosen");
    button.classList.add("chosen");
    this.#confirming = setTimeout(() => button.classList.remove("chosen"), CONFIRMED_MS);
  }

  /** Shows the button of an answer as pressed in for long; none of them with null. */
  mark(fields) {
    this.#marked = fields;
    const pressed = fields && this.#of(fields);
    for (const button of this.#area.querySelectorAll("[data-class], [data-answer]")) {
      if (fields) button.setAttribute("aria-pressed", String(button === pressed));
      else button.removeAttribute("aria-pressed");
    }
  }

  #of({ answer, class: classId }) {
    return this.#area.querySelector(answer === "class" ? `[data-class="${classId}"]` : `[data-answer="${answer}"]`);
  }

  /** Begins or goes on searching; the letter is the first of the name. */
  find(letter = "") {
    if (this.#classes.length <= MANY) return;
    this.#finder.hidden = false;
    this.#field.focus();
    this.#field.value += letter;
    this.#filter();
  }

  #button({ id, name }, index) {
    const button = document.createElement("button");
    button.style.setProperty("--hue", hueOf(index));
    button.type = "button";
    button.className = "answer";
    button.dataset.class = id;
    button.title = name;
    const key = this.#keys.of(id);
    // A digit named after its own key needs no cap beside it.
    if (key && key.toLowerCase() !== name.toLowerCase()) button.append(Object.assign(document.createElement("kbd"), { textContent: key }));
    button.append(Object.assign(document.createElement("span"), { textContent: name, dir: "auto" }));
    return button;
  }

  #choose(classId) {
    this.#clear();
    this.#answer(classId);
  }

  #fieldKey(event) {
    if (event.isComposing) return;
    if (event.key === "Escape") this.#clear();
    else if (event.key === "Enter" && this.#field.value.trim()) {
      const first = this.#box.querySelector(".first-match");
      if (first) this.#choose(Number(first.dataset.class));
    } else return;
    event.preventDefault();
  }

  #filter() {
    const sought = plain(this.#field.value);
    const buttons = [...this.#box.children];
    const matches = buttons.filter((button) => plain(button.title).includes(sought));
    matches.sort((a, b) => plain(b.title).startsWith(sought) - plain(a.title).startsWith(sought));
    const first = sought ? matches[0] : null;
    for (const button of buttons) {
      button.hidden = !matches.includes(button);
      button.classList.toggle("first-match", button === first);
    }
  }

  #clear() {
    this.#field.value = "";
    this.#field.blur();
    this.#filter();
  }
}

const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase().trim();
