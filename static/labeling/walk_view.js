// How a strip of frames looks: in one row with its two marked frames large above it, or in as many rows as
// make the frames largest. Knows where on the strip something points; nothing of answers.

import { columnsFor } from "./strip.js";
import { firstSide } from "./viewer.js";

/** Frames narrower than this stand in several rows. */
const NARROW_PX = 84;
/** The line under a frame. */
const LINE_PX = 26;
/** The two frames above the strip are no larger. */
const MOST_PX = 360;
/** Images of so few pixels a side are drawn as squares. */
const TINY = 64;

const END = (side) => `<figure class="walk-end" data-side="${side}"><canvas></canvas><figcaption><b dir="auto"></b><span></span></figcaption></figure>`;
const TEMPLATE = `
  <div class="walk-ends" aria-hidden="true">${END("from")}${END("to")}</div>
  <div class="walk-frames" role="slider" tabindex="0" aria-valuemin="0"></div>
  <p class="walk-how muted small" aria-hidden="true"></p>`;

export class WalkView {
  #place;
  #ends;
  #images = [];
  #cells = [];

  constructor(place) {
    this.#place = place;
    place.innerHTML = TEMPLATE;
    /** The strip itself, which takes the focus and the pointers. */
    this.frames = place.querySelector(".walk-frames");
    this.#ends = [...place.querySelectorAll(".walk-end")];
    new ResizeObserver(() => this.#arrange()).observe(place);
    const touch = matchMedia("(pointer: coarse)").matches;
    place.querySelector(".walk-how").textContent = `${touch ? "Tap" : "Click"} between two frames, or on one that is neither.`;
  }

  /** Shows other frames; `name` says what the strip is called. */
  show(query, images, name) {
    const others = images.length !== this.#images.length;
    this.#images = images;
    this.#cells = images.map(cell);
    this.frames.replaceChildren(...this.#cells);
    this.frames.dataset.query = query.id;
    this.frames.setAttribute("aria-label", name);
    this.frames.setAttribute("aria-valuemax", images.length - 1);
    // Asking for the room costs a layout: only where it matters.
    if (others) this.#arrange();
  }

  clear() {
    this.frames.replaceChildren();
  }

  /** Draws the marks, or none; `names` are those of the two classes. */
  mark(marks, names, words) {
    const { last, first } = marks ?? { last: -1, first: this.#images.length };
    this.#cells.forEach((each, index) => {
      each.dataset.side = !marks ? "" : index <= last ? "from" : index >= first ? "to" : "neither";
      each.dataset.edge = index === last ? "last" : index === first ? "first" : "";
    });
    this.#drawEnd(0, marks ? last : 0, names[0], marks && "last");
    this.#drawEnd(1, marks ? first : this.#images.length - 1, names[1], marks && "first");
    this.frames.setAttribute("aria-valuenow", last + 1);
    this.frames.setAttribute("aria-valuetext", words);
  }

  /** Where on the strip something points, in frames from its beginning, row after row. */
  placeOf({ clientX, clientY }) {
    const first = this.#cells[0].getBoundingClientRect();
    const columns = Number(this.frames.dataset.columns);
    const rows = Math.ceil(this.#cells.length / columns);
    const row = Math.min(rows - 1, Math.max(0, Math.floor((clientY - first.top) / first.height)));
    const along = Math.min(columns, Math.max(0, (clientX - first.left) / first.width));
    return Math.min(this.#cells.length, row * columns + along);
  }

  #arrange() {
    const count = this.#cells.length;
    const width = this.#place.clientWidth;
    if (!count || !width) return;
    const wrapped = width / count < NARROW_PX;
    this.#place.toggleAttribute("data-wrapped", wrapped);
    const columns = wrapped ? columnsFor(count, width, this.frames.clientHeight, LINE_PX) : count;
    this.frames.dataset.columns = columns;
    this.#place.style.setProperty("--columns", columns);
    this.#place.style.setProperty("--rows", Math.ceil(count / columns));
  }

  /** Draws a frame large, in this very moment: a second image element might blink. */
  #drawEnd(place, index, name, which) {
    const end = this.#ends[place];
    const image = this.#images[index];
    const canvas = end.querySelector("canvas");
    if (canvas.dataset.src !== image.src) {
      canvas.dataset.src = image.src;
      canvas.width = image.naturalWidth;
      canvas.height = image.naturalHeight;
      canvas.classList.toggle("tiny", isTiny(image));
      end.style.setProperty("--most", `${Math.min(MOST_PX, firstSide(Math.max(canvas.width, canvas.height)))}px`);
      canvas.getContext("2d").drawImage(image, 0, 0);
    }
    end.querySelector("b").textContent = which ? `${which} ${name}` : name;
    end.querySelector("span").textContent = index + 1;
  }
}

const isTiny = ({ naturalWidth: width, naturalHeight: height }) => Math.max(width, height) <= TINY;

const cell = (image, index) => {
  const frame = Object.assign(document.createElement("div"), { className: "walk-frame" });
  image.classList.toggle("tiny", isTiny(image));
  image.alt = "";
  frame.append(image, Object.assign(document.createElement("span"), { textContent: index + 1 }));
  return frame;
};
