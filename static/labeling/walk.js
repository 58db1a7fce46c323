// A boundary walk: a strip of frames from one class to another. One gesture says which frame is the last
// that still shows the first class, and which is the first that shows the second. Knows nothing of what
// becomes of an answer.

import { marksAt, marksOf, moved } from "./strip.js";
import { WalkView } from "./walk_view.js";

/** So far outside the strip a finger may end; beyond, the gesture means nothing. */
const OUTSIDE_PX = 40;
/** The second press of a double click is none for the next strip. */
const DOUBLE_MS = 350;
const DOUBLE_PX = 12;
/** A hand that knocks on the desk moves the mouse; it means the mark away from so many pixels on. */
const KNOCK_PX = 16;

const distance = (a, b) => Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);

export const make = (desk) => new WalkWay(desk);

class WalkWay {
  name = "walk";
  #desk;
  #view;
  #query = null;
  #count = 0;
  /** The cursor that keys move, as {anchor, focus}; null before anything is marked. */
  #cursor = null;
  /** Whether the first of two numbers was typed. */
  #typed = false;
  /** Where the mouse points, in frames, and what a press has covered. */
  #hover = null;
  #pressed = null;
  #rest = null;
  #ended = null;

  constructor(desk) {
    this.#desk = desk;
    this.#view = new WalkView(desk.place);
    const on = (type, act) => this.#view.frames.addEventListener(type, act);
    on("pointerdown", (event) => this.#down(event));
    on("pointermove", (event) => this.#move(event));
    on("pointerup", (event) => this.#up(event));
    on("pointercancel", () => this.#letGo());
    on("pointerleave", () => this.#letGo());
  }

  marks = true;
  takes = () => 1;

  show([{ query, images }]) {
    this.#query = query;
    this.#count = images.length;
    this.#pressed = this.#hover = null;
    this.#set(null);
    this.#view.show(query, images, this.question({ query }));
    this.#draw();
  }

  hide() {
    this.#query = null;
    this.#view.clear();
  }

  question = ({ query }) => `Where does “${this.#name("from", query)}” end and “${this.#name("to", query)}” begin?`;

  swipe = (direction) => (direction === "down" ? { name: "Can’t tell", act: () => this.#desk.answer({ answer: "unrecognizable", refusal: "cannot_tell" }) } : null);

  help() {
    const [from, to] = this.#names;
    return [
      [["Click"], `between two frames: the last ${from} and the first ${to}`],
      [["Click"], `on a frame: it is neither, ${from} before it and ${to} after; draw over several`],
      [["←", "→"], "move the mark; with ⇧, widen it over frames that are neither"],
      [["1–9", "0"], `the number of the last ${from} (0 is 10), then that of the first ${to}`],
      [["Enter", "Space"], "answer with the mark"],
    ];
  }

  press(event) {
    const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
    if (digit) return () => this.#type(Number(digit) || 10);
    if (event.key === "Escape" && this.#cursor) return () => this.#mark(null);
    // A button that has the focus keeps its keys.
    if (event.target.closest?.("button, a, summary, .guidelines, .strip")) return null;
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -this.#count, End: this.#count }[event.key];
    if (step) return () => this.#step(step, { widen: event.shiftKey });
    if (event.key === "Enter" || event.key === " ") return () => this.#answer();
    return null;
  }

  // ---- keys ----

  #set(cursor, { typed = false } = {}) {
    this.#cursor = cursor;
    this.#typed = typed;
    this.#rest = null;
  }

  #mark(cursor, how) {
    this.#set(cursor, how);
    this.#hover = null;
    this.#draw();
    if (document.activeElement !== this.#view.frames) this.#desk.announce(this.#inWords());
  }

  /** The first press only brings the mark, to the middle: where it then stands says nothing. */
  #step(step, { widen }) {
    const middle = Math.round(this.#count / 2);
    this.#mark(this.#cursor ? moved(this.#cursor, step, { widen, count: this.#count }) : { anchor: middle, focus: middle });
  }

  /** The first number is the last frame of the one class, a higher second one the first of the other. */
  #type(number) {
    const anchor = this.#typed ? this.#cursor.anchor : this.#count;
    if (number > anchor && number <= this.#count) {
      this.#mark({ anchor, focus: number - 1 });
      this.#answer();
    } else if (number < this.#count) this.#mark({ anchor: number, focus: number }, { typed: true });
  }

  #answer() {
    const marks = this.#marks;
    if (marks) this.#desk.answer({ answer: "walk", marks });
    else this.#desk.say(`Mark the place first: by the arrow keys, or by the number of the last ${this.#names[0]}.`);
  }

  // ---- pointers ----

  #down(event) {
    const again = this.#ended && event.timeStamp - this.#ended.timeStamp < DOUBLE_MS && distance(event, this.#ended) < DOUBLE_PX;
    if (event.button || !this.#query || this.#pressed || again || this.#desk.justCame()) return;
    const at = this.#view.placeOf(event);
    this.#pressed = { id: event.pointerId, from: at, low: at, high: at };
    this.#set(null);
    this.#view.frames.setPointerCapture(event.pointerId);
    this.#draw();
  }

  #move(event) {
    if (!this.#query) return;
    const at = this.#view.placeOf(event);
    if (this.#pressed) {
      if (event.pointerId !== this.#pressed.id) return;
      this.#pressed.low = Math.min(at, this.#pressed.from);
      this.#pressed.high = Math.max(at, this.#pressed.from);
    } else {
      if (event.pointerType !== "mouse" || this.#isKnock(event)) return;
      this.#hover = at;
      this.#set(null);
    }
    this.#draw();
  }

  #isKnock(event) {
    if (!this.#cursor) return false;
    this.#rest ??= event;
    return distance(event, this.#rest) < KNOCK_PX;
  }

  #up(event) {
    if (event.pointerId !== this.#pressed?.id) return;
    const marks = this.#marks;
    const { left, right, top, bottom } = this.#view.frames.getBoundingClientRect();
    const { clientX: x, clientY: y } = event;
    this.#letGo();
    if (x < left - OUTSIDE_PX || x > right + OUTSIDE_PX || y < top - OUTSIDE_PX || y > bottom + OUTSIDE_PX) return;
    this.#ended = event;
    this.#desk.answer({ answer: "walk", marks });
  }

  #letGo() {
    this.#pressed = this.#hover = null;
    this.#draw();
  }

  // ---- what is marked ----

  get #marks() {
    if (this.#pressed) return marksAt(this.#pressed.low, this.#pressed.high, this.#count);
    if (this.#cursor) return marksOf(this.#cursor);
    return this.#hover === null ? null : marksAt(this.#hover, this.#hover, this.#count);
  }

  #draw() {
    if (this.#query) this.#view.mark(this.#marks, this.#names, this.#inWords());
  }

  #inWords() {
    const marks = this.#marks;
    const [from, to] = this.#names;
    return marks ? `last ${from}: frame ${marks.last + 1}, first ${to}: frame ${marks.first + 1}` : "nothing is marked yet";
  }

  get #names() {
    return [this.#name("from"), this.#name("to")];
  }

  #name(side, query = this.#query) {
    return this.#desk.name(query?.about[side]) || (side === "from" ? "the one" : "the other");
  }
}
