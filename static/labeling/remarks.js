// A remark for the lead, or a flag: about the query in view, or about the last answered one. Sent through
// the outbox, so that it outlives the network. Knows nothing of what becomes of it.

import { newId } from "./outbox.js";

export class Remarks {
  #panel;
  #text;
  #flag;
  #image;
  #about;
  #page;
  #subject = null;

  constructor(panel, page) {
    this.#panel = panel;
    this.#page = page;
    [this.#text, this.#flag, this.#image, this.#about] = ["text", "flag", "image", "about"].map((name) => panel.querySelector(`#remark-${name}`));
    panel.addEventListener("submit", (event) => { event.preventDefault(); this.#send(); });
    panel.addEventListener("keydown", (event) => this.#key(event));
    panel.querySelector("[data-close]").addEventListener("click", () => this.close());
    page.outbox.addEventListener("remarked", ({ detail: { problem } }) => problem && page.say(`Your remark was not taken: ${problem}`));
  }

  /** Opens for a query in view, else for the last answered one. */
  open(entry) {
    const subject = entry ? inView(entry) : lastAnswered(this.#page.history.newest);
    if (!subject) {
      this.#page.say("There is no image to remark on yet.");
      return;
    }
    if (subject.id !== this.#subject?.id) this.#clear();
    this.#subject = subject;
    this.#image.src = this.#page.address(subject.imageUrl);
    this.#about.textContent = subject.about;
    this.#panel.hidden = false;
    this.#text.focus();
  }

  /** Goes back to labeling; what was written stays until another image is remarked on. */
  close() {
    if (this.#panel.hidden) return false;
    this.#panel.hidden = true;
    this.#page.refocus();
    return true;
  }

  #key(event) {
    if (event.isComposing) return;
    if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && !event.shiftKey && event.target.matches("textarea, input")) this.#send();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #send() {
    const text = this.#text.value.trim();
    const flagged = this.#flag.checked || !text;
    this.#page.outbox.remark({ id: newId(), query_id: this.#subject.id, text, flagged });
    this.#page.say(text ? "Remark kept for the lead." : "Flagged for the lead.");
    this.#clear();
    this.close();
  }

  #clear() {
    this.#subject = null;
    this.#panel.reset();
  }
}

const inView = ({ query }) => ({ id: query.id, imageUrl: query.image ?? query.image_url, about: "About the image in view." });
const lastAnswered = (item) => item && { id: item.queryId, imageUrl: item.imageUrl, about: `About your last image: ${item.word}.` };
