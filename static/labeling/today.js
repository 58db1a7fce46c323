// The person's own progress: counted here at each answer, corrected by the server now and then.

import { afterFrame } from "./frames.js";

const EVERY_MS = 120_000;

export class Today {
  #place;
  #load;
  #loadCurve;

  /** `load` and `loadCurve` ask the server. */
  constructor(place, load, loadCurve) {
    this.#place = place;
    this.#load = load;
    this.#loadCurve = loadCurve;
    /** The server's last word on it, or null. */
    this.progress = null;
    /** The points of the learning curve, or null as long as nobody asked for them. */
    this.curve = null;
    setInterval(() => document.hidden || this.refresh(), EVERY_MS);
  }

  /** Asks the server; keeps what is known if it cannot be reached. */
  async refresh() {
    try {
      this.progress = await this.#load();
    } catch {
      return this.progress;
    }
    this.#draw();
    return this.progress;
  }

  /** Asks for the learning curve; keeps what is known if the server cannot be reached. */
  async refreshCurve() {
    try {
      this.curve = (await this.#loadCurve()).points;
    } catch { /* then the figures stand alone */ }
  }

  /** Counts an answer that was given or taken back; skips are none. */
  add(kind, by) {
    if (!this.progress || kind === "skip") return;
    this.progress.answers_today = Math.max(0, this.progress.answers_today + by);
    this.progress.answers_total = Math.max(0, this.progress.answers_total + by);
    afterFrame(() => this.#draw());
  }

  #draw() {
    const { answers_today: done, about_today: about } = this.progress;
    this.#place.hidden = false;
    const [long, short] = this.#place.querySelectorAll("span");
    const goal = about === null ? "" : Math.max(about, done).toLocaleString();
    long.textContent = goal ? `${done.toLocaleString()} of about ${goal} today` : `${done.toLocaleString()} today`;
    short.textContent = goal ? `${done.toLocaleString()} / ${goal}` : long.textContent;
    const bar = this.#place.querySelector("progress");
    bar.hidden = about === null;
    bar.value = about ? Math.min(1, done / about) : 0;
  }
}
