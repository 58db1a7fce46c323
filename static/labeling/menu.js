// A small menu behind a button: opened by press, walked with the arrows, left with Escape.
// Knows nothing of what its items do.

export class Menu {
  #button;
  #menu;

  /** `choose(name)` is called with the `data-command` of the item that was chosen. */
  constructor(button, menu, choose) {
    this.#button = button;
    this.#menu = menu;
    button.addEventListener("click", () => this.#set(menu.hidden));
    menu.addEventListener("click", (event) => {
      const item = event.target.closest("[data-command]");
      if (!item) return;
      this.#set(false);
      choose(item.dataset.command);
    });
    menu.addEventListener("keydown", (event) => this.#key(event));
    addEventListener("pointerdown", (event) => menu.hidden || menu.contains(event.target) || button.contains(event.target) || this.#set(false));
  }

  get #items() {
    return [...this.#menu.querySelectorAll("[data-command]")];
  }

  #set(open) {
    const inside = this.#menu.contains(document.activeElement);
    this.#menu.hidden = !open;
    this.#button.setAttribute("aria-expanded", String(open));
    if (open) this.#items[0].focus();
    else if (inside) this.#button.focus();
  }

  #key(event) {
    const items = this.#items;
    const place = items.indexOf(document.activeElement);
    const to = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: -1 }[event.key];
    if (to !== undefined) items.at(to % items.length).focus();
    else if (event.key === "Escape" || event.key === "Tab") this.#set(false);
    else return;
    if (event.key !== "Tab") event.preventDefault();
  }
}
