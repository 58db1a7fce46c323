// The cells of the grid: as large as fits, each with its image and the word it is painted with.
// Knows elements; nothing of brushes or keys.

import { hueOf } from "./buttons.js";

const GAP = 6;
/** Below an image, for its word. */
const STRIP = 20;
/** Around an image, borders included. */
const EDGE = 8;
const LEAST_SIDE = 44;
const MOST_SIDE = 220;
/** From this factor on, pixels are drawn as squares of whole device pixels; below, that would cost too much room. */
const CRISP = 4;
/** In smaller cells words are short. */
const SHORT_SIDE = 96;

/** Columns and side that make so many cells largest in a room; `scrolls` if even the least does not fit. */
export const fitted = (count, width, height) => {
  let best = { columns: 1, side: 0, scrolls: false };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const side = Math.floor(Math.min((width + GAP) / columns - GAP, (height + GAP) / rows - GAP - STRIP, MOST_SIDE));
    if (side > best.side) best = { columns, side, scrolls: false };
  }
  if (best.side >= LEAST_SIDE) return best;
  const columns = Math.max(1, Math.floor((width + GAP) / (LEAST_SIDE + GAP)));
  return { columns, side: Math.floor((width + GAP) / columns - GAP), scrolls: true };
};

export class Cells {
  #room;
  #made = new Map();
  #drawn = [];
  #takes = 1;
  #fit = { columns: 1, side: 0, scrolls: false };

  constructor(room) {
    this.#room = room;
    this.element = document.createElement("div");
    this.element.className = "cells";
    this.element.setAttribute("role", "listbox");
    this.element.setAttribute("aria-multiselectable", "true");
    this.element.setAttribute("aria-label", "Images to label");
    new ResizeObserver(() => this.#layOut()).observe(room);
  }

  get columns() {
    return this.#fit.columns;
  }

  get side() {
    return this.#fit.side;
  }

  /** Whether a finger that moves up or down scrolls. */
  get scrolls() {
    return this.#fit.scrolls;
  }

  /** Draws what stands at each place, null for a gap, in room for so many. */
  draw(drawn, takes) {
    this.#drawn = drawn;
    const fitsAnew = takes !== this.#takes || !this.#fit.side;
    this.#takes = takes;
    for (const id of this.#made.keys()) if (!drawn.some((each) => each?.id === id)) this.#made.delete(id);
    const children = drawn.map((each, place) => (each ? this.#cell(each, place) : gap(this.element.children[place])));
    if (children.length !== this.element.children.length || children.some((child, place) => child !== this.element.children[place])) this.element.replaceChildren(...children);
    if (fitsAnew) this.#layOut();
    if (!this.element.querySelector("[tabindex='0']")) this.element.querySelector("[role=option]")?.setAttribute("tabindex", "0");
  }

  focus(id) {
    this.#made.get(id)?.focus();
  }

  /** Marks the cell that keys paint, or none. */
  point(id) {
    const chosen = this.#made.get(id);
    for (const cell of this.#made.values()) cell.classList.toggle("chosen", cell === chosen);
    if (!chosen) return;
    for (const cell of this.#made.values()) cell.tabIndex = cell === chosen ? 0 : -1;
  }

  queryOf(element) {
    const cell = element?.closest?.("[role=option]");
    return cell && this.element.contains(cell) ? Number(cell.dataset.query) : null;
  }

  /** The query at a point of the window, or null. */
  at(x, y) {
    return this.queryOf(document.elementFromPoint(x, y));
  }

  nameOf(id) {
    return `Image ${this.#drawn.findIndex((each) => each?.id === id) + 1}`;
  }

  #cell({ id, entry, paint, word, short, index }, place) {
    const cell = this.#made.get(id) ?? made(id);
    this.#made.set(id, cell);
    if (cell.firstChild.firstChild !== entry.image) this.#putIn(cell, entry.image);
    const imagined = entry.query.origin === "synthesized";
    cell.classList.toggle("imagined", imagined);
    cell.classList.toggle("painted", Boolean(paint));
    cell.classList.toggle("other", Boolean(paint) && index === undefined);
    if (index !== undefined) cell.style.setProperty("--hue", hueOf(index));
    cell.lastChild.textContent = this.side < SHORT_SIDE ? short : word;
    cell.setAttribute("aria-selected", String(Boolean(paint)));
    cell.setAttribute("aria-label", `Image ${place + 1}${imagined ? ", imagined" : ""}: ${word || "not painted"}`);
    return cell;
  }

  #putIn(cell, image) {
    image.removeAttribute("style");
    image.classList.remove("crisp");
    cell.firstChild.replaceChildren(image);
    this.#size(image);
  }

  #layOut() {
    const { width, height } = this.#inside();
    if (!width || !height) return;
    this.#fit = fitted(this.#takes, width, height);
    const { style, classList } = this.element;
    style.setProperty("--columns", this.#fit.columns);
    style.setProperty("--side", `${this.#fit.side}px`);
    classList.toggle("scrolls", this.#fit.scrolls);
    for (const image of this.element.querySelectorAll("img")) this.#size(image);
  }

  #inside() {
    return { width: this.#room.clientWidth - 2, height: this.element.clientHeight - 2 };
  }

  /** Whole device pixels per image pixel keep all of them the same size. */
  #size(image) {
    const ratio = devicePixelRatio || 1;
    let scale = (this.#fit.side - EDGE) / Math.max(image.naturalWidth, image.naturalHeight);
    if (scale >= CRISP) scale = Math.floor(scale * ratio) / ratio;
    image.classList.toggle("crisp", scale >= CRISP);
    image.style.width = `${image.naturalWidth * scale}px`;
    image.style.height = `${image.naturalHeight * scale}px`;
  }
}

const made = (id) => {
  const cell = document.createElement("div");
  cell.className = "cell";
  cell.dataset.query = id;
  cell.tabIndex = -1;
  cell.setAttribute("role", "option");
  const word = Object.assign(document.createElement("span"), { className: "word-below", dir: "auto" });
  cell.append(Object.assign(document.createElement("div"), { className: "picture" }), word);
  return cell;
};

const gap = (before) => {
  if (before?.className === "cell gap") return before;
  const cell = Object.assign(document.createElement("div"), { className: "cell gap" });
  cell.setAttribute("role", "presentation");
  return cell;
};
