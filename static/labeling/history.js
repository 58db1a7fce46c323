// The strip of last answers, newest first: what was said, whether it is saved, and a way to change it.

import { afterFrame } from "./frames.js";

const MOST = 24;

export class History {
  #strip;
  #items = [];
  #scrolled = false;
  #change;
  #address;

  /** `change(item)` is called when a person wants to answer again. */
  constructor(strip, address, change) {
    this.#strip = strip;
    this.#address = address;
    this.#change = change;
    // Asking for the place later would cost a layout at each answer.
    strip.addEventListener("scroll", () => { this.#scrolled = strip.scrollLeft !== 0; }, { passive: true });
  }

  /** An item is {id, queryId, imageUrl, word, query or entry, unsent, changeable}. */
  add(item) {
    this.#items.unshift(item);
    const dropped = this.#items.splice(MOST);
    afterFrame(() => {
      for (const old of dropped) old.element?.remove();
      // It may have been taken back meanwhile.
      if (this.#items.includes(item)) this.#strip.prepend(this.#drawn(item));
      if (this.#scrolled) this.#strip.scrollLeft = 0;
    });
  }

  /** Puts older answers, as the server tells them, behind those of this visit. */
  addOlder(items) {
    const known = new Set(this.#items.map(({ id }) => id));
    this.#items.push(...items.filter(({ id }) => !known.has(id)));
    this.#items.length = Math.min(this.#items.length, MOST);
    this.#draw();
  }

  /** The last answer that can be taken back. */
  get last() {
    return this.#items.find((item) => item.changeable) ?? null;
  }

  /** The last answer of all; null if there is none. */
  get newest() {
    return this.#items[0] ?? null;
  }

  /** The answer before (1) or after (-1) another one. */
  beside(item, step) {
    return this.#items[this.#items.indexOf(item) + step] ?? null;
  }

  /** The answer that an element of the strip belongs to. */
  holding(element) {
    return this.#items.find((item) => item.element?.contains(element)) ?? null;
  }

  find(id) {
    return this.#items.find((item) => item.id === id) ?? null;
  }

  remove(id) {
    this.#items = this.#items.filter((item) => item.id !== id);
    this.#draw();
  }

  /** Marks which answers the server does not have yet. */
  markUnsent(ids) {
    for (const item of this.#items) {
      if (item.unsent === ids.has(item.id)) continue;
      item.unsent = ids.has(item.id);
      this.#drawn(item);
    }
  }

  #draw() {
    this.#strip.replaceChildren(...this.#items.map((item) => this.#drawn(item)));
  }

  /** Returns an item's element, as the item now is; it is kept, so that a thumbnail never blinks. */
  #drawn(item) {
    item.element ??= this.#element(item);
    const button = item.element.firstChild;
    button.classList.toggle("unsent", item.unsent);
    button.disabled = !item.changeable;
    return item.element;
  }

  #element(item) {
    const row = document.createElement("li");
    const button = document.createElement("button");
    const image = document.createElement("img");
    const word = document.createElement("span");
    button.type = "button";
    button.title = item.changeable ? `${item.word}: change` : `${item.word}: nobody is asked any more`;
    button.setAttribute("aria-label", `You said ${item.word}. Change it.`);
    image.src = this.#address(item.imageUrl);
    image.alt = "";
    image.loading = "eager";
    word.textContent = item.word;
    word.dir = "auto";
    button.append(image, word);
    button.addEventListener("click", () => this.#change(item));
    row.append(button);
    return row;
  }
}
