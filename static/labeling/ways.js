// The ways to ask, and which of them puts the query in view. Queue, outbox, history, the refusals, the
// skips and all keys that no way has for itself are shared.
//
// A way is a module `./<name>.js` with `export const make = (desk) => way`. A way has
//   name              as in a query's `way`
//   takes             how many queries it shows at a time; a function, because people may choose it
//   show(entries)     draws queries in this very frame; an entry is {query, image, images}, all decoded
//   hide()            draws nothing more
//   press(event)      what a key press means to it, as a function, or null; asked before all other keys
//   swipe(direction)  what "left", "right" or "down" would answer, as {name, act}, or null
//   question(entry)   what is asked, or "" for the project's own question
//   take(fields)      what an answer by key or button means to it; without it, the query in view is answered
//   takeBack()        takes back what it has not sent yet; returns whether there was anything; optional
//   isBegun(queryId)  whether work in it waits to be sent: such a query comes into view before others; optional
//   paints            true where arrows, space and the like are its own
//   pointed           where it shows many, the entry that the person points at, or null; optional
//   help()            its keys for the list of keys, as [[caps], meaning] rows
//   marks             true where an answer marks something, and no class is one
// and a desk gives it
//   place             an element of its own between question and buttons; hidden while others show
//   justCame()        whether another way was in view a moment ago, so that a press may mean that one
//   classes, name(classId), keyOf(classId)
//   answer(fields)    answers the query in view, e.g. {answer: "walk", marks: {last: 3, first: 4}}
//   sendAll(pairs)    answers many: [[entry, fields], ...]
//   mark(fields)      shows the button of an answer as pressed, or none with null
//   preferences, shelf  what the person prefers; the name under which a way may keep things of theirs
//   address(path)     where an image of `image_urls` lies
//   say(sentence), announce(sentence)   for the eyes, for a screen reader
// `.ask[data-way="<name>"]` lets its style sheet hide what it does not need; see `label.css`.

/** Whoever answers in a rhythm presses on for a moment. */
const RHYTHM_MS = 250;
/** Queries that are put in their own way, whatever a person likes. */
const OWN = ["walk", "pair"];

export class Ways {
  #ask;
  #desk;
  #made = new Map();
  #coming = new Map();
  #now = null;
  #changed = -Infinity;

  /** `single` is there from the beginning; all others are loaded once they are needed. */
  constructor(ask, desk, single) {
    this.#ask = ask;
    this.#desk = desk;
    this.#made.set("single", single);
    /** What the person chose for questions about one image: `single` or `grid`. */
    this.chosen = "single";
  }

  /** The way that puts what is in view. */
  get now() {
    return this.#now;
  }

  nameOf({ query, alone }) {
    if (OWN.includes(query.way)) return query.way;
    return alone ? "single" : this.chosen;
  }

  /** Returns the way of a query, or null if it is not here yet; `then` is called once it is. */
  of(entry, then) {
    const name = this.nameOf(entry);
    if (!this.#made.has(name)) this.load(name).then(then);
    return this.#made.get(name) ?? null;
  }

  /** Fetches a way's module ahead of its first query. */
  load(name) {
    if (this.#made.has(name)) return Promise.resolve(this.#made.get(name));
    if (!this.#coming.has(name)) {
      const coming = import(`./${name}.js`).then(({ make }) => this.#made.set(name, make(this.#deskOf(name))));
      this.#coming.set(name, coming);
      // Offline, perhaps: the next query of this kind tries again.
      coming.catch(() => this.#coming.delete(name));
    }
    return this.#coming.get(name);
  }

  show(way, entries) {
    if (this.#now && this.#now !== way) {
      this.#now.hide();
      this.#changed = performance.now();
    }
    this.#now = way;
    this.#ask.dataset.way = way.name;
    for (const place of this.#ask.querySelectorAll(".way")) place.hidden = place.dataset.way !== way.name;
    way.show(entries);
  }

  hide() {
    this.#now?.hide();
  }

  #deskOf(name) {
    const place = Object.assign(document.createElement("div"), { className: "way", hidden: true });
    place.dataset.way = name;
    this.#ask.querySelector(".view").after(place);
    const justCame = () => performance.now() - this.#changed < RHYTHM_MS;
    return Object.defineProperties({ place, justCame }, Object.getOwnPropertyDescriptors(this.#desk));
  }
}
