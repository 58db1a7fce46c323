// Why the last image was asked: what the learner thought of it before the answer, and which labels spoke
// for which class. Never there before the answer is stored; gone with the next one.

export class Why {
  #panel;
  #button;
  #page;
  #item = null;

  constructor(panel, button, page) {
    this.#panel = panel;
    this.#button = button;
    this.#page = page;
    button.addEventListener("click", () => this.toggle());
    page.outbox.addEventListener("verdict", ({ detail: { answer } }) => {
      if (!this.#panel.hidden && this.#item?.id === answer.id) this.#fill();
    });
  }

  /** Whether there is an answer to ask about. */
  set offered(offered) {
    this.#button.disabled = !offered;
  }

  /** Tells of the answer in the strip that has the focus, else of the last one. */
  toggle() {
    const { history } = this.#page;
    const asked = history.holding(document.activeElement);
    if (this.close() && !asked) return;
    const item = asked ?? history.newest;
    if (item) this.#open(item);
    else this.#page.say("Answer an image first; then you see why it was asked.");
  }

  close() {
    if (this.#panel.hidden) return false;
    const inside = this.#panel.contains(document.activeElement);
    this.#panel.hidden = true;
    this.#button.setAttribute("aria-expanded", "false");
    if (inside) this.#page.refocus();
    return true;
  }

  #open(item) {
    this.#item = item;
    this.#panel.hidden = false;
    this.#button.setAttribute("aria-expanded", "true");
    this.#draw([element("span", "", "skeleton"), element("span", "", "skeleton")]);
    this.#fill();
  }

  async #fill() {
    const item = this.#item;
    // The server tells nothing before the answer is stored: its verdict comes back here.
    if (this.#page.outbox.ids.has(item.id)) return this.#draw([element("p", "Your answer is on its way; then you see it here.", "muted small")]);
    let parts;
    try {
      parts = told(await this.#page.server.why(item.queryId), this.#page);
      this.#page.announce(parts.map((part) => part.dataset.words ?? "").join(" "));
    } catch (error) {
      parts = [element("p", error.final ? error.message : "This cannot be loaded right now. Press W to try again.", "muted small")];
    }
    if (item === this.#item && !this.#panel.hidden) this.#draw(parts);
  }

  #draw(parts) {
    const { address, history } = this.#page;
    const about = element("div", "", "about");
    const said = element("p", `You said ${this.#item.word}.`, "muted small");
    said.dir = "auto";
    about.append(Object.assign(new Image(), { src: address(this.#item.imageUrl), alt: "" }), said);
    about.append(this.#step("Earlier answer", "M8 2L3 6l5 4", history.beside(this.#item, 1)), this.#step("Later answer", "M4 2l5 4-5 4", history.beside(this.#item, -1)));
    const close = press("Close", "button quiet small", () => { this.close(); });
    close.prepend(element("kbd", "Esc"));
    const head = element("div", "", "row between");
    head.append(Object.assign(element("h2", "Why this one"), { id: "why-title" }), close);
    this.#panel.replaceChildren(head, about, ...parts);
  }

  #step(label, path, item) {
    const button = press("", "button quiet small step", () => {
      this.#open(item);
      this.#panel.querySelector(`[aria-label="${label}"]:enabled`)?.focus();
    });
    button.disabled = !item;
    button.setAttribute("aria-label", label);
    button.innerHTML = `<svg viewBox="0 0 12 12" aria-hidden="true"><path d="${path}"/></svg>`;
    return button;
  }
}

const told = (why, { address }) => {
  if (!why.classes.length) return [spoken(why.words)];
  const chances = element("ol", "", "chances");
  chances.append(...why.classes.map(({ name, chance }) => {
    const row = element("li", "");
    const bar = Object.assign(element("progress", ""), { max: 1, value: chance });
    bar.setAttribute("aria-hidden", "true");
    row.append(Object.assign(element("span", name), { dir: "auto" }), bar, element("b", `${Math.round(100 * chance)} %`));
    return row;
  }));
  const sides = element("div", "", "sides");
  sides.append(...why.sides.filter(({ labels }) => labels.length).map((side) => sideOf(side, why.kind, address)));
  return [spoken(why.words), chances, sides];
};

const spoken = (words) => {
  const told = element("p", words);
  told.dataset.words = words;
  return told;
};

const sideOf = ({ name, labels }, kind, address) => {
  const box = element("div", "", "side");
  const row = element("ul", "");
  row.append(...labels.map((label) => {
    const item = element("li", "");
    item.append(Object.assign(new Image(), { src: address(label.image_url), alt: label.name }));
    // The nearest ones are all of this class; what pulls may be of another.
    if (kind === "pull") item.append(Object.assign(element("span", label.name), { dir: "auto" }));
    return item;
  }));
  box.append(element("h3", kind === "pull" ? `Pulled towards ${name}` : `Nearest of ${name}`), row);
  return box;
};

const press = (words, name, act) => {
  const button = element("button", "", name);
  button.type = "button";
  if (words) button.append(element("span", words));
  button.addEventListener("click", act);
  return button;
};

const element = (tag, words, name = "") => Object.assign(document.createElement(tag), { textContent: words, className: name });
