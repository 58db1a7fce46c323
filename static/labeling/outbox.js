// Answers and remarks on their way: written to the browser's storage at the key press, sent in order,
// kept until the server has them. Survives reloads, lost networks, ended sessions and several tabs. No
// remark holds an answer up. Knows nothing of images or buttons.

import { afterFrame } from "./frames.js";
import { Shelf, parsed } from "./shelf.js";

const BATCH = 50;
const LONGEST_PAUSE_MS = 30_000;

/** A random UUID; browsers offer `randomUUID` only on https and on this machine. */
export const newId = () => {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [8, 13, 18, 23].reduce((id, at) => `${id.slice(0, at)}-${id.slice(at)}`, hex);
};

/**
 * Events: `change` (the state), `verdict` ({item, verdict}), `undone` ({id, undone}), `remarked`
 * ({remark, problem}), `elsewhere` (another tab answered: {queryId}), `unsafe` (the browser keeps nothing).
 */
export class Outbox extends EventTarget {
  #server;
  #shelf;
  #lock;
  #sending = false;
  #failures = 0;
  #timer = 0;
  #trouble = null;
  #count = 0;

  constructor(server, userId) {
    super();
    this.#server = server;
    const name = `cusp.outbox.${server.root || "/"}.${userId}`;
    this.#shelf = new Shelf(`${name}.`);
    this.#lock = name;
    addEventListener("online", () => this.flush());
    addEventListener("offline", () => this.#troubled("offline"));
    addEventListener("storage", (event) => this.#elsewhere(event));
  }

  /** Keeps an answer; it is safe when this returns, and sent once the next image is on the screen. */
  add(answer) {
    this.#put({ op: "answer", answer, tried: false });
    return answer.id;
  }

  /** Takes an answer back, whether it was sent or not. */
  undo(id) {
    const waiting = this.#items().find((item) => item.op === "answer" && item.answer.id === id);
    if (waiting && !waiting.tried) {
      this.#shelf.drop(waiting.key);
      this.#changed();
      return;
    }
    this.#put({ op: "undo", id });
  }

  /** Keeps a remark: {id, query_id, text, flagged}. */
  remark(remark) {
    this.#put({ op: "remark", remark });
  }

  /** Queries with an answer on its way. */
  get queryIds() {
    return new Set(this.#items().filter((item) => item.op === "answer").map((item) => item.answer.query_id));
  }

  get ids() {
    return new Set(this.#items().filter((item) => item.op === "answer").map((item) => item.answer.id));
  }

  /** What the page tells: {name: saved | sending | offline | retrying | signed_out, count}. */
  get state() {
    const count = this.#items().length;
    if (!count) return { name: this.#trouble === "offline" && !navigator.onLine ? "offline" : "saved", count };
    return { name: this.#trouble ?? "sending", count };
  }

  /** Sends what waits, now. */
  flush() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (this.#sending) return;
    this.#sending = true;
    this.#withLock(() => this.#sendAll())
      .then(() => this.#recovered(), (error) => this.#later(error))
      .finally(() => { this.#sending = false; })
      // What came in while the last list was judged.
      .then(() => { if (!this.#trouble && this.#items().length) this.flush(); });
  }

  /** The page goes away: a last try that outlives it. Sending an answer twice does no harm. */
  part() {
    const answers = this.#answersInFront().map((item) => item.answer);
    if (answers.length) this.#server.send(answers, { keepalive: true }).catch(() => {});
  }

  #items() {
    return this.#shelf.all();
  }

  #answersInFront() {
    const items = this.#items().filter((item) => item.op !== "remark");
    const end = items.findIndex((item) => item.op !== "answer");
    return items.slice(0, end < 0 ? BATCH : Math.min(end, BATCH));
  }

  #put(item) {
    const order = `${String(Date.now()).padStart(14, "0")}.${String(this.#count++).padStart(6, "0")}`;
    if (!this.#shelf.put(`${order}.${newId().slice(0, 8)}`, item)) this.#tell("unsafe");
    this.#changed();
    if (!this.#trouble) afterFrame(() => this.flush());
    else if (!this.#timer && !this.#sending) this.#later(new Error(this.#trouble));
  }

  async #withLock(work) {
    return navigator.locks ? navigator.locks.request(this.#lock, work) : work();
  }

  async #sendAll() {
    for (let items = this.#items(); items.length; items = this.#items()) {
      const first = items.find((item) => item.op !== "remark") ?? items[0];
      if (first.op === "remark") await this.#sendRemark(first);
      else if (first.op === "undo") await this.#sendUndo(first);
      else await this.#sendAnswers(this.#answersInFront());
      this.#failures = 0;
      this.#trouble = null;
      this.#changed();
    }
  }

  async #sendAnswers(items) {
    for (const { key, ...item } of items) this.#shelf.put(key, { ...item, tried: true });
    let verdicts;
    try {
      ({ verdicts } = await this.#server.send(items.map((item) => item.answer)));
    } catch (error) {
      if (error.kind !== "bad") throw error;
      // Something in the list cannot even be read: find it, so that it blocks no other.
      if (items.length > 1) {
        for (const item of items) await this.#sendAnswers([item]);
        return;
      }
      verdicts = [{ verdict: "refused", problem: { slug: "bad", detail: error.message } }];
    }
    items.forEach((item, index) => {
      this.#shelf.drop(item.key);
      this.#tell("verdict", { answer: item.answer, verdict: verdicts[index] });
    });
  }

  async #sendUndo(item) {
    let undone = null;
    try {
      undone = await this.#server.undo(item.id);
    } catch (error) {
      // The label was never taken: nothing is left to take back.
      if (error.kind !== "gone" && error.kind !== "bad") throw error;
    }
    this.#shelf.drop(item.key);
    this.#tell("undone", { id: item.id, undone });
  }

  async #sendRemark(item) {
    let problem = "";
    try {
      await this.#server.remark(item.remark);
    } catch (error) {
      // What the server will never take is told, not tried again.
      if (!error.final) throw error;
      problem = error.message;
    }
    this.#shelf.drop(item.key);
    this.#tell("remarked", { remark: item.remark, problem });
  }

  #recovered() {
    this.#failures = 0;
    this.#trouble = null;
    this.#changed();
  }

  #later(error) {
    this.#troubled(["offline", "signed_out"].includes(error.kind ?? error.message) ? (error.kind ?? error.message) : "retrying");
    const pause = Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** this.#failures++) * (0.75 + Math.random() / 2);
    this.#timer = setTimeout(() => this.flush(), pause);
  }

  #troubled(kind) {
    this.#trouble = kind;
    this.#changed();
  }

  #elsewhere(event) {
    if (event.storageArea !== localStorage || !event.key?.startsWith(this.#shelf.prefix)) return;
    this.#changed();
    const item = event.oldValue ? null : parsed(event.newValue);
    if (item?.op === "answer") this.#tell("elsewhere", { queryId: item.answer.query_id });
  }

  #changed() {
    this.#tell("change");
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
