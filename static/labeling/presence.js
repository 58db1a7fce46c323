// Whether the person is at the page: presses, visibility, the network, and a page that is left or comes back.
// Knows nothing of queries.

const IDLE_MS = 180_000;
const BEAT_MS = 5000;

/**
 * Events: `active` (a press anywhere), `beat` (every few seconds), `online`, `seen` (the page is looked at
 * again), `left` (it is closed or navigated away from), `revived` (it came back as it was left).
 */
export class Presence extends EventTarget {
  #last = performance.now();

  constructor() {
    super();
    const tell = (type) => this.dispatchEvent(new CustomEvent(type));
    for (const type of ["pointerdown", "keydown"]) {
      addEventListener(type, () => {
        this.#last = performance.now();
        tell("active");
      }, { capture: true });
    }
    addEventListener("online", () => tell("online"));
    addEventListener("visibilitychange", () => document.hidden || tell("seen"));
    addEventListener("pagehide", () => tell("left"));
    addEventListener("pageshow", (event) => event.persisted && tell("revived"));
    setInterval(() => tell("beat"), BEAT_MS);
  }

  /** Whether somebody looks at the page and has touched it lately. */
  get here() {
    return !document.hidden && performance.now() - this.#last < IDLE_MS;
  }
}
