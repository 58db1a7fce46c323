// What opens beside the image on request: a remark, the real images like an imagined one, and why the last
// image was asked. None of them is ever in the way of an answer.

import { Remarks } from "./remarks.js";
import { Twins } from "./twins.js";
import { Why } from "./why.js";

export class Asides {
  #parts;
  #current;

  /** `current()` is the query in view; what the page offers besides is passed on to each part. */
  constructor({ current, ...page }) {
    this.#current = current;
    const at = (id) => document.getElementById(id);
    this.remarks = new Remarks(at("remark"), page);
    this.twins = new Twins(at("twins"), at("open-twins"), page);
    this.why = new Why(at("why-panel"), at("why"), page);
    this.#parts = [this.remarks, this.why, this.twins];
  }

  /** Adds what is open to an answer; null where it has to be asked again first. */
  given(fields) {
    return this.twins.given(fields);
  }

  /** What a key press means here, as a function, or null. */
  press(event) {
    return this.twins.press(event);
  }

  /** The page shows another query, or none. */
  follow(entry) {
    this.twins.follow(entry);
  }

  /** An answer was given, so what told of the one before goes away. */
  answered() {
    this.why.close();
    this.why.offered = true;
  }

  /** Closes what was opened last; false if nothing is open. */
  close() {
    return this.#parts.some((part) => part.close());
  }

  remark() {
    this.remarks.open(this.#current());
  }
}
