// Queries ahead of the person, each with its image decoded and ready to be painted in one frame.
// Knows claims and their end; nothing of answers or of the page. An entry that is `kept` has work in it
// that was not sent yet: it stays in view when its claim ends, and is not given back.

import { afterFrame } from "./frames.js";

/** Ask for more when fewer than this are ready behind what is in view. */
const LEAST = 6;
/** So many are held at once, what is in view included. */
const HELD = 10;
const MOST = 64;
/** A claim that ends so soon is renewed while somebody works, and not begun otherwise. */
const SOON_MS = 45_000;
const TRIES = 4;
/** So long the first image in line is waited for while a later one could be shown. */
const PATIENCE_MS = 200;
/** So long the image that somebody waits for has the network to itself. */
const HEAD_START_MS = 1500;

/** An image that the browser has decoded: swapping it in paints at once. */
export const decoded = async (address) => {
  for (let attempt = 1; ; attempt++) {
    const image = new Image();
    image.decoding = "sync";
    image.draggable = false;
    image.alt = "The image to label";
    image.src = address;
    try {
      await image.decode();
      return image;
    } catch (error) {
      if (attempt === TRIES) throw error;
      await new Promise((resume) => setTimeout(resume, 400 * 2 ** attempt));
    }
  }
};

/** Where the images of a query lie: in it, or on the server; a walk has many of them. */
export const addressesOf = ({ images, image_urls: many, image, image_url: one }) => {
  if (images?.length) return images;
  return many?.length ? many : [image ?? one];
};

/**
 * Events: `ready` (something can be shown), `reply` (the server's answer to a claim), `trouble`
 * (it could not be asked), `broken` (an image cannot be shown).
 */
export class Queue extends EventTarget {
  #server;
  #project;
  #isAnswered;
  #ready = [];
  #coming = new Map();
  #broken = new Set();
  #count = 0;
  #current = null;
  /** In view beside the current one, where many are shown at a time. */
  #beside = [];
  #wide = 1;
  #alike = () => true;
  #asking = null;
  #again = false;
  #skew = 0;

  /** `isAnswered(queryId)` says what need not be shown again. */
  constructor(server, project, isAnswered) {
    super();
    this.#server = server;
    this.#project = project;
    this.#isAnswered = isAnswered;
  }

  get current() {
    return this.#current;
  }

  get length() {
    return this.#ready.length;
  }

  /** How many images could not be loaded. */
  get broken() {
    return this.#broken.size;
  }

  /** Whether images are on their way. */
  get loading() {
    return this.#coming.size > 0;
  }

  /** All that is in view. */
  get inView() {
    return [this.#current, ...this.#beside].filter(Boolean);
  }

  /** Moves on from the current query to the next one and returns it, or null. */
  next() {
    this.#current = this.#beside.shift() ?? this.#ready.shift() ?? null;
    this.fill();
    return this.#current;
  }

  /**
   * Brings so many of a kind into view at once, as far as they are ready; returns all in view. Those
   * that `isBegun(queryId)`, because there is work in them, come before others, which leave them room.
   */
  gather(count, alike = () => true, isBegun = () => false) {
    this.#wide = count;
    this.#alike = alike;
    const due = [...this.#coming.keys()].filter(isBegun).length;
    while (this.#current) {
      const begun = this.#ready.findIndex((entry) => alike(entry) && isBegun(entry.query.id));
      const index = begun < 0 ? this.#ready.findIndex(alike) : begun;
      if (index < 0 || this.#beside.length + 1 >= (begun < 0 ? count - due : count)) break;
      this.#beside.push(...this.#ready.splice(index, 1));
    }
    if (this.#beside.length + 1 > count) this.#ready.unshift(...this.#beside.splice(count - 1));
    this.fill();
    return this.inView;
  }

  /** Takes queries out of view that were answered; the next one is current. */
  leave(queryIds) {
    const passed = Math.max(...this.inView.map(({ place }) => place));
    const [first, ...rest] = this.inView.filter(({ query }) => !queryIds.has(query.id));
    this.#beside = rest;
    this.#current = first ?? this.#ready.shift() ?? null;
    // What is put in another way waits for no more than was in view.
    const due = this.#ready.find((entry) => entry.place < passed && !this.#alike(entry));
    if (due) this.insert(due);
    this.fill();
  }

  /** Shows a query out of turn; what is in view comes right after it. */
  insert(entry) {
    this.forget(entry.query.id);
    const others = this.inView.filter(({ query }) => query.id !== entry.query.id);
    this.#ready.unshift(...others.map((each) => ({ ...each, place: -1 })));
    this.#beside = [];
    this.#current = { ...entry, place: -1 };
  }

  /** Drops a query that somebody answered elsewhere; returns whether it is the current one. */
  forget(queryId) {
    this.#ready = this.#ready.filter((entry) => entry.query.id !== queryId);
    this.#beside = this.#beside.filter((entry) => entry.query.id !== queryId);
    this.#coming.delete(queryId);
    return this.#current?.query.id === queryId;
  }

  /** Asks for more if there are too few; asks in any case with `renew`. */
  fill({ renew = false } = {}) {
    if (!renew && this.#ready.length + this.#coming.size >= Math.max(LEAST, this.#wide)) return;
    if (this.#asking) {
      this.#again ||= renew;
      return;
    }
    this.#asking = this.#ask().finally(() => {
      this.#asking = null;
      if (this.#again) {
        this.#again = false;
        this.fill({ renew: true });
      }
    });
  }

  /** Drops what is not ours any more; returns whether anything in view is among it. */
  dropExpired() {
    const stays = (entry) => entry.kept || !entry.query.expires_at || Date.parse(entry.query.expires_at) > this.#serverNow();
    const count = this.inView.length;
    this.#ready = this.#ready.filter(stays);
    [this.#current = null, ...this.#beside] = this.inView.filter(stays);
    return this.inView.length < count;
  }

  /** Whether some claim ends soon. */
  get endsSoon() {
    return [...this.#ready, ...this.inView].some(
      (entry) => entry.query.expires_at && Date.parse(entry.query.expires_at) - this.#serverNow() < SOON_MS,
    );
  }

  /** Gives everything back that has no work in it; what was in view as well. */
  release() {
    const held = [...this.inView, ...this.#ready].filter((entry) => !entry.kept).map((entry) => entry.query.id);
    const ids = [...held, ...this.#coming.keys()].filter((id) => !this.#isAnswered(id));
    this.#ready = [];
    this.#coming.clear();
    this.#current = null;
    this.#beside = [];
    if (ids.length) this.#server.release(this.#project, ids).catch(() => {});
  }

  async #ask() {
    // The image that comes into view now needs the processor first.
    await new Promise(afterFrame);
    const unsent = this.#isAnswered.unsent?.() ?? 0;
    let reply;
    try {
      reply = await this.#server.claim(this.#project, Math.min(MOST, Math.max(HELD, 2 * this.#wide) + unsent + this.#broken.size));
    } catch (error) {
      this.#tell("trouble", error);
      return;
    }
    this.#skew = Date.parse(reply.now) - Date.now();
    this.#take(reply);
    this.#tell("reply", reply);
  }

  #take(reply) {
    const lent = new Map(reply.queries.map((query) => [query.id, query]));
    if (reply.state === "open") this.#ready = this.#ready.filter(({ query, kept }) => kept || lent.has(query.id) || !query.expires_at);
    for (const entry of [...this.#ready, ...this.inView]) {
      const known = lent.get(entry.query.id);
      if (known) entry.query = known;
    }
    const here = new Set([...this.#ready, ...this.inView].map(({ query }) => query.id));
    const known = ({ id }) => here.has(id) || this.#coming.has(id) || this.#broken.has(id) || this.#isAnswered(id);
    const idle = !here.size && !this.#coming.size;
    const [first, ...rest] = reply.queries.filter((query) => !known(query));
    if (!first) return;
    const loaded = this.#prepare(first);
    const turn = idle ? Promise.race([loaded, new Promise((resume) => { setTimeout(resume, HEAD_START_MS); })]) : undefined;
    for (const query of rest) this.#prepare(query, turn);
  }

  /** Loads an image, once its turn has come. */
  #prepare(query, turn = Promise.resolve()) {
    const place = this.#count++;
    this.#coming.set(query.id, place);
    const wanted = () => this.#coming.get(query.id) === place && this.#coming.delete(query.id);
    const addresses = addressesOf(query);
    return turn.then(() => Promise.all(addresses.map((each) => decoded(this.#server.address(each))))).then(
      (images) => {
        if (!wanted() || this.#isAnswered(query.id)) return;
        for (const image of images) image.dataset.query = query.id;
        this.#line({ query, image: images[0], images, place });
      },
      () => {
        if (!wanted()) return;
        // Offline is no fault of the image; it will be lent and tried again.
        if (navigator.onLine) {
          this.#broken.add(query.id);
          this.#tell("broken", query);
          this.fill();
        }
        // What left it room waits no more.
        this.#tell("ready");
      },
    );
  }

  /** Keeps the order of lending, whichever image was decoded first; but none waits long for another. */
  #line(entry) {
    const behind = this.#ready.findIndex(({ place }) => place > entry.place);
    this.#ready.splice(behind < 0 ? this.#ready.length : behind, 0, entry);
    if (Math.min(...this.#coming.values()) > this.#ready[0].place) this.#tell("ready");
    else setTimeout(() => this.#tell("ready"), PATIENCE_MS);
  }

  #serverNow() {
    return Date.now() + this.#skew;
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
