// A pair: two images side by side, and which of them shows more of a class. Knows nothing of what becomes
// of an answer.

import { firstSide } from "./viewer.js";

/** A finger that moves so far swipes; the click after it is none. */
const SWIPE_PX = 48;
/** The second press of a double click is none for the next pair. */
const DOUBLE_MS = 350;
const CONFIRMED_MS = 200;
/** Images of so few pixels a side are drawn as squares. */
const TINY = 64;
const SIDES = ["left", "right"];

export const make = (desk) => new PairWay(desk);

class PairWay {
  name = "pair";
  #desk;
  #buttons;
  #query = null;
  #from = null;
  #clicked = -Infinity;
  #confirming = 0;

  constructor(desk) {
    this.#desk = desk;
    this.#buttons = SIDES.map((side, more) => this.#button(side, more));
    desk.place.append(...this.#buttons);
    const on = (type, act) => desk.place.addEventListener(type, act);
    // A pressed image keeps no focus, so that Space goes on meaning what it means.
    on("mousedown", (event) => event.preventDefault());
    on("pointerdown", (event) => { this.#from = event.pointerType === "mouse" ? null : event; });
    on("pointerup", (event) => this.#up(event));
    on("pointercancel", () => { this.#from = null; });
  }

  marks = true;
  takes = () => 1;

  show([{ query, images }]) {
    this.#query = query;
    this.#buttons.forEach((button, more) => {
      const image = images[more];
      image.alt = "";
      const pixels = Math.max(image.naturalWidth, image.naturalHeight);
      image.classList.toggle("tiny", pixels <= TINY);
      image.style.maxWidth = image.style.maxHeight = `${firstSide(pixels)}px`;
      button.dataset.query = query.id;
      button.setAttribute("aria-label", `The ${SIDES[more]} one is more “${this.#name}”`);
      button.querySelector(".pair-image").replaceChildren(image);
    });
  }

  hide() {
    this.#query = null;
    for (const button of this.#buttons) button.querySelector(".pair-image").replaceChildren();
  }

  question = ({ query }) => `Which of the two is more “${this.#desk.name(query.about.class) || "of it"}”?`;

  help = () => [[["1", "2"], `the left one, the right one is more “${this.#name}”`], [["←", "→"], "the same"]];

  press(event) {
    const digit = /^(?:Digit|Numpad)([12])$/.exec(event.code)?.[1];
    if (digit) return () => this.#answer(Number(digit) - 1);
    // The arrows also mean it while one of the two images has the focus.
    const side = ["ArrowLeft", "ArrowRight"].indexOf(event.key);
    return side >= 0 && event.target.closest?.(".pair-side") ? () => this.#answer(side) : null;
  }

  swipe(direction) {
    if (direction === "down") return { name: "Can’t tell", act: () => this.#desk.answer({ answer: "unrecognizable", refusal: "cannot_tell" }) };
    const more = SIDES.indexOf(direction);
    return { name: `the ${direction} one`, act: () => this.#answer(more) };
  }

  get #name() {
    return this.#desk.name(this.#query?.about.class) || "of it";
  }

  #answer(more) {
    if (!this.#query || this.#desk.justCame()) return;
    clearTimeout(this.#confirming);
    for (const button of this.#buttons) button.classList.toggle("chosen", button === this.#buttons[more]);
    this.#confirming = setTimeout(() => this.#buttons[more].classList.remove("chosen"), CONFIRMED_MS);
    this.#desk.answer({ answer: "pair", marks: { more } });
  }

  #click(event, more) {
    // Keys press buttons too; they come without a place.
    const again = event.detail > 1 && event.timeStamp - this.#clicked < DOUBLE_MS;
    this.#clicked = event.timeStamp;
    if (!again) this.#answer(more);
  }

  #up(event) {
    const from = this.#from;
    this.#from = null;
    if (event.pointerId !== from?.pointerId) return;
    const x = event.clientX - from.clientX;
    const y = event.clientY - from.clientY;
    if (Math.max(Math.abs(x), y) < SWIPE_PX) return;
    this.swipe(Math.abs(x) > Math.abs(y) ? (x < 0 ? "left" : "right") : "down").act();
  }

  #button(side, more) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "pair-side" });
    button.innerHTML = `<span class="pair-image"></span><span class="pair-word"><kbd>${more + 1}</kbd> ${side} one</span>`;
    button.dataset.side = side;
    button.addEventListener("click", (event) => this.#click(event, more));
    return button;
  }
}
