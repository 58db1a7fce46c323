// The real images nearest to an imagined one, beside it and only on request. One of them can be labeled in
// its place: it goes into view, and the next class is its class.

import { decoded } from "./queue.js";

export class Twins {
  #panel;
  #button;
  #page;
  #entry = null;
  #twins = [];
  #chosen = null;

  constructor(panel, button, page) {
    this.#panel = panel;
    this.#button = button;
    this.#page = page;
    button.addEventListener("click", () => this.toggle());
    panel.addEventListener("click", (event) => {
      const thumb = event.target.closest("[data-twin]");
      if (thumb) this.#choose(Number(thumb.dataset.twin));
    });
    // A pressed image keeps no focus, so that Space goes on meaning what it means.
    panel.addEventListener("mousedown", (event) => event.preventDefault());
  }

  /** Another query is in view, or none: nothing is beside it until somebody asks. */
  follow(entry) {
    if (entry === this.#entry) {
      if (this.#chosen) this.#show();
      return;
    }
    if (entry?.shownUrl) entry.shownUrl = undefined;
    this.#entry = entry;
    this.#hide();
    this.#button.disabled = !this.#offered;
  }

  toggle() {
    if (this.close()) return;
    if (!this.#offered) {
      if (this.#entry) this.#page.say("Only an imagined image has real ones beside it.");
      return;
    }
    this.#open();
  }

  /** Goes back to the imagined image, then away. */
  close() {
    if (this.#panel.hidden) return false;
    if (this.#chosen) this.#choose(this.#twins.indexOf(this.#chosen));
    else this.#hide();
    return true;
  }

  /** Adds to a class that it is the real image's; all else is about the imagined one. */
  given(fields) {
    if (!this.#chosen || fields.answer === "skip") return fields;
    if (fields.answer === "class") return { ...fields, twin: this.#chosen.image_id };
    this.close();
    this.#page.say("This is the imagined image again: that answer is for it alone.");
    return null;
  }

  press(event) {
    const place = this.#panel.hidden || !event.shiftKey || /\d/.test(event.key) ? null : /^Digit([1-9])$/.exec(event.code)?.[1];
    return place && this.#twins[place - 1] ? () => this.#choose(place - 1) : null;
  }

  get #offered() {
    return this.#entry?.query.origin === "synthesized" && (this.#entry.query.way ?? "single") === "single" && this.#page.alone();
  }

  async #open() {
    const entry = this.#entry;
    this.#panel.hidden = false;
    this.#button.setAttribute("aria-pressed", "true");
    this.#panel.replaceChildren(...[1, 2, 3, 4].map(() => element("span", "", "skeleton")));
    let word = "";
    try {
      const found = await this.#page.server.twins(entry.query.id);
      this.#twins = await Promise.all(found.map(async (twin) => ({ ...twin, image: await decoded(this.#page.address(twin.image_url)) })));
      if (!found.length) word = "No real images were kept for this one.";
    } catch (error) {
      word = error.final ? error.message : "The real images cannot be loaded right now. Press T to try again.";
    }
    if (entry !== this.#entry || this.#panel.hidden) return;
    if (word) {
      this.#hide();
      this.#page.say(word);
      return;
    }
    this.#panel.replaceChildren(element("h2", "Real images like it"), ...this.#twins.map((twin, index) => thumb(twin, index)));
    this.#page.announce(`${this.#twins.length} real images beside it. Shift and a digit labels one of them in its place.`);
  }

  /** Puts a real image into view, or the imagined one again. */
  #choose(index) {
    const twin = this.#twins[index];
    this.#chosen = this.#chosen === twin ? null : twin;
    this.#entry.shownUrl = this.#chosen?.image_url;
    this.#show();
    for (const each of this.#panel.querySelectorAll("[data-twin]")) each.setAttribute("aria-pressed", String(this.#twins[each.dataset.twin] === this.#chosen));
    this.#page.announce(this.#chosen ? `Real image ${index + 1} in view. Your class is its class.` : "The imagined image again.");
  }

  #show() {
    const image = this.#chosen?.image ?? this.#entry.image;
    image.dataset.query = this.#entry.query.id;
    this.#page.viewer.show(image);
    this.#page.tellOrigin(this.#chosen ? "pool" : "synthesized");
  }

  #hide() {
    this.#panel.hidden = true;
    this.#button.setAttribute("aria-pressed", "false");
    this.#twins = [];
    this.#chosen = null;
  }
}

const thumb = ({ image_url: address, image }, index) => {
  const button = element("button", "", "");
  button.type = "button";
  button.dataset.twin = index;
  button.setAttribute("aria-pressed", "false");
  button.setAttribute("aria-label", `Label real image ${index + 1} instead`);
  button.title = `Label this one instead (Shift ${index + 1})`;
  button.append(Object.assign(new Image(), { src: image.src || address, alt: "" }), element("kbd", `⇧${index + 1}`));
  return button;
};

const element = (tag, words, name = "") => Object.assign(document.createElement(tag), { textContent: words, className: name });
