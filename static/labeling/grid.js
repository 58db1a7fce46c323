// Many images at a time, each painted with an answer: for quick passes. Nothing is sent before the
// person says so; until then paint can be changed, and survives a reload. Knows cells, brush and
// cursor; nothing of what becomes of an answer.

import { wordOf } from "./answering.js";
import { Cells } from "./grid_cells.js";
import { drafts } from "./grid_drafts.js";
import { strokes } from "./grid_strokes.js";
import { SIZES, toolbar } from "./grid_toolbar.js";

const LARGER = { "+": -1, "=": -1, "-": 1 };
const ARROWS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];

export const make = (desk) => new Grid(desk);

/** Words that fit a small cell. */
const SHORT = { none_of_these: "none", cannot_tell: "can’t", in_between: "between" };

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

class Grid {
  name = "grid";
  paints = true;
  #desk;
  #cells;
  #bar;
  #drafts;
  /** What is in view by query, and where: gaps are null. */
  #entries = new Map();
  #places = [];
  /** Answers by query, the last painted last. */
  #paint;
  #brush = null;
  /** The query that keys paint, or null: then they choose the brush. */
  #cursor = null;

  constructor(desk) {
    this.#desk = desk;
    this.#drafts = drafts(desk.shelf);
    this.#paint = this.#drafts.load();
    this.#cells = new Cells(desk.place);
    this.#bar = toolbar(desk, { send: () => this.send(), leave: () => this.#leave() });
    desk.place.append(this.#cells.element, this.#bar.element);
    strokes(this.#cells, {
      begin: (id) => this.#stroke(id),
      paint: (id, fields) => this.#put(id, fields),
      end: (count) => this.#told(count),
    });
    this.#cells.element.addEventListener("focusin", (event) => this.#point(this.#cells.queryOf(event.target)));
    addEventListener("pointerdown", (event) => event.target.closest?.("#find") || this.#point(null));
  }

  /** What a remark is about. */
  get pointed() {
    return this.#entries.get(this.#cursor) ?? null;
  }

  takes() {
    return this.#desk.preferences.gridSize;
  }

  isBegun = (queryId) => this.#paint.has(queryId);

  show(entries) {
    this.#entries = new Map(entries.map((entry) => [entry.query.id, entry]));
    for (const entry of entries) entry.kept = this.isBegun(entry.query.id);
    this.#settle();
    this.#brush ??= { answer: "class", class: this.#desk.classes[0]?.id };
    const lost = this.#cursor !== null && !this.#entries.has(this.#cursor);
    this.#draw();
    if (lost) this.#goTo(this.#unpainted() ?? null);
  }

  hide() {
    this.#desk.mark(null);
  }

  question() {
    return "";
  }

  swipe() {
    return null;
  }

  help() {
    return [
      [["1", "…"], "choose what a click or a drag paints; with an image chosen, paint it and go on"],
      [["←", "↑", "↓", "→"], "choose an image; Esc lets go of it"],
      [["Space"], "paint the chosen image like the last one"],
      [["⌫"], "take paint off"],
      [["Enter"], "send all that is painted"],
      [["+", "−"], "fewer and larger, more and smaller"],
    ];
  }

  /** Paints the chosen cell and goes on to the next, or chooses what clicks paint. */
  take(fields) {
    this.#brush = fields;
    if (this.#cursor === null) {
      this.#desk.announce(`Painting ${this.#word(fields)}.`);
      this.#draw();
      return;
    }
    this.#put(this.#cursor, fields);
    this.#goOn();
  }

  /** Takes off what was painted last, or at the cursor; returns whether there was anything. */
  takeBack() {
    const id = this.#lastPainted;
    if (id === undefined) return false;
    this.#put(id, null);
    this.#desk.announce(`${this.#cells.nameOf(id)}: not painted.`);
    return true;
  }

  send() {
    const painted = this.#places.filter((id) => this.#entries.has(id) && this.#paint.has(id));
    if (!painted.length) {
      this.#desk.say("Paint some images first, then send them.");
      return;
    }
    const pairs = painted.map((id) => [this.#entries.get(id), this.#paint.get(id)]);
    for (const id of painted) this.#paint.delete(id);
    this.#drafts.save(this.#paint);
    this.#desk.sendAll(pairs);
  }

  press(event) {
    const { key, target } = event;
    if (target.closest?.("button, a, summary, .guidelines, .strip")) return null;
    if (ARROWS.includes(key)) return () => this.#move(key);
    if (key === "Enter") return () => this.send();
    if (LARGER[key]) return () => this.#resize(LARGER[key]);
    if (key === " ") return () => this.#cursor !== null && this.take(this.#brush);
    if (key === "Backspace") return this.#lastPainted === undefined ? null : () => this.takeBack();
    if (key === "Escape" && this.#cursor !== null) return () => this.#letGo();
    return null;
  }

  /** Shows fewer and larger images, or more and smaller ones. */
  #resize(step) {
    const gridSize = SIZES[SIZES.indexOf(this.takes()) + step];
    if (gridSize) this.#desk.preferences.choose({ gridSize });
  }

  get #lastPainted() {
    if (this.#paint.has(this.#cursor)) return this.#cursor;
    return [...this.#paint.keys()].filter((id) => this.#entries.has(id)).at(-1);
  }

  /** Keeps every image where it is; new ones fill the gaps. */
  #settle() {
    const before = this.#places.map((id) => (this.#entries.has(id) ? id : null));
    const fresh = [...this.#entries.keys()].filter((id) => !before.includes(id));
    const filled = before.map((id) => id ?? fresh.shift() ?? null);
    this.#places = [...filled, ...fresh];
    if (this.#places.length > this.takes()) this.#places = this.#places.filter(Boolean);
    while (this.#places.length && this.#places.at(-1) === null) this.#places.pop();
  }

  /** What a stroke paints that begins at a cell: what is painted so already, it clears. */
  #stroke(id) {
    this.#forgetClasses();
    return same(this.#paint.get(id), this.#brush) ? null : this.#brush;
  }

  /** Paints a cell, or takes its paint off. */
  #put(id, fields) {
    const entry = this.#entries.get(id);
    if (!entry) return null;
    const before = this.#paint.get(id) ?? null;
    this.#paint.delete(id);
    if (fields) this.#paint.set(id, fields);
    // Its claim may end: what is painted stays here and can still be sent.
    entry.kept = Boolean(fields);
    this.#drafts.save(this.#paint);
    this.#draw();
    return before;
  }

  #goOn() {
    const told = `${this.#cells.nameOf(this.#cursor)}: ${this.#word(this.#paint.get(this.#cursor))}.`;
    const next = this.#unpainted(this.#cursor);
    this.#desk.announce(next === undefined ? `${told} All are painted; Enter sends them.` : told);
    if (next !== undefined) this.#goTo(next);
  }

  /** The next cell without paint after a place, from the beginning once the end is reached. */
  #unpainted(after) {
    const begin = this.#places.indexOf(after) + 1;
    return [...this.#places.slice(begin), ...this.#places.slice(0, begin)].find((id) => id !== null && !this.#paint.has(id));
  }

  #move(key) {
    const places = this.#places;
    const at = this.#cursor === null ? -1 : places.indexOf(this.#cursor);
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.#cells.columns, ArrowDown: this.#cells.columns }[key];
    let to = key === "End" ? places.length - 1 : at < 0 || key === "Home" ? 0 : at + step;
    while (places[to] === null) to += step ?? (key === "End" ? -1 : 1);
    if (places[to] !== undefined) this.#goTo(places[to]);
  }

  #goTo(id) {
    this.#point(id);
    this.#cells.focus(id);
  }

  #point(id) {
    if (this.#cursor === id) return;
    this.#cursor = id;
    this.#cells.point(id);
  }

  #letGo() {
    this.#point(null);
    document.activeElement.blur();
  }

  #leave() {
    if (this.#paint.size) this.#desk.say("What you painted waits here until you come back.");
    this.#desk.preferences.choose({ way: "single" });
  }

  /** Takes off what can be said no more. */
  #forgetClasses() {
    const gone = (fields) => fields.answer === "class" && !this.#desk.name(fields.class);
    for (const [id, fields] of this.#paint) if (gone(fields)) this.#paint.delete(id);
    if (gone(this.#brush)) this.#brush = { answer: "class", class: this.#desk.classes[0]?.id };
  }

  #told(count) {
    this.#desk.announce(`${count === 1 ? "1 image" : `${count} images`} painted ${this.#word(this.#brush)}.`);
  }

  #word(fields) {
    return fields ? wordOf(fields, this.#desk.name) : "";
  }

  #draw() {
    this.#forgetClasses();
    const hues = new Map(this.#desk.classes.map(({ id }, index) => [id, index]));
    this.#cells.draw(
      this.#places.map((id) => {
        const paint = this.#paint.get(id);
        const word = this.#word(paint);
        return id === null ? null : { id, entry: this.#entries.get(id), paint, word, short: SHORT[paint?.refusal] ?? (paint?.for_good ? "never" : word), index: hues.get(paint?.class) };
      }),
      this.takes(),
    );
    this.#desk.mark(this.#brush);
    const painted = this.#places.filter((id) => this.#paint.has(id)).length;
    const imagined = [...this.#entries.values()].some(({ query }) => query.origin === "synthesized");
    this.#bar.draw({ painted, count: this.#entries.size, word: this.#word(this.#brush), imagined });
  }
}
