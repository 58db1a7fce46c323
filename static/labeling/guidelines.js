// What the lead wants annotators to know, beside the image. It stays as the person left it.

const REMEMBERED = "cusp.guidelines";

export class GuidelinesPanel {
  #panel;
  #button;
  #load;
  #server;

  constructor(panel, button, server, project) {
    this.#panel = panel;
    this.#button = button;
    this.#server = server;
    this.#load = () => server.guidelines(project);
    button.addEventListener("click", () => this.toggle());
    // On a phone the panel covers the image, so nobody wants to find it open.
    if (remembered() && matchMedia("(min-width: 721px)").matches) this.toggle();
  }

  get open() {
    return !this.#panel.hidden;
  }

  toggle() {
    const open = !this.open;
    this.#panel.hidden = !open;
    this.#button.setAttribute("aria-expanded", String(open));
    remember(open);
    if (open) this.#fill();
  }

  async #fill() {
    if (!this.#panel.childElementCount) this.#panel.replaceChildren(skeleton(), skeleton(), skeleton());
    try {
      const guidelines = await this.#load();
      this.#draw(guidelines);
    } catch {
      if (this.#panel.querySelector(".skeleton")) this.#panel.replaceChildren(this.#head(), text("p", "The guidelines cannot be loaded right now. Close and open them to try again."));
    }
  }

  #draw({ question, guidelines, classes }) {
    const words = text("p", guidelines || "Nobody has written guidelines yet. Say what you see; when nobody could tell, say that.", "text");
    if (!guidelines) words.classList.add("muted");
    words.dir = "auto";
    const examples = document.createElement("ul");
    examples.className = "examples";
    examples.append(...classes.filter((each) => each.image_urls.length).map((each) => this.#example(each)));
    const asked = question ? [text("h3", question)] : [];
    this.#panel.replaceChildren(this.#head(), ...asked, words, ...(examples.childElementCount ? [text("h3", "Examples"), examples] : []));
  }

  #head() {
    const head = document.createElement("div");
    head.className = "row between";
    const close = document.createElement("button");
    close.type = "button";
    close.className = "button quiet small";
    close.textContent = "Close";
    close.addEventListener("click", () => {
      this.toggle();
      this.#button.focus();
    });
    head.append(text("h2", "Guidelines"), close);
    return head;
  }

  #example({ name, image_urls: addresses }) {
    const item = document.createElement("li");
    const heading = text("h3", name);
    heading.dir = "auto";
    const row = document.createElement("div");
    row.append(...addresses.map((address) => Object.assign(new Image(), { src: this.#server.address(address), alt: `Example of ${name}` })));
    item.append(heading, row);
    return item;
  }
}

const text = (tag, words, name = "") => Object.assign(document.createElement(tag), { textContent: words, className: name });
const skeleton = () => text("span", "", "skeleton");

const remembered = () => {
  try {
    return localStorage.getItem(REMEMBERED) === "open";
  } catch {
    return false;
  }
};

const remember = (open) => {
  try {
    localStorage.setItem(REMEMBERED, open ? "open" : "closed");
  } catch { /* then it begins closed */ }
};
