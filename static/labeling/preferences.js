// How this person likes to label in this project: known as the page opens, in force at once when it
// changes, and told to the server until it knows. Knows nothing of what a choice does.

const AGAIN_MS = 10_000;

/** The server spells `cannot_tell` what the page calls `cannotTell`; `class:7` is the same to both. */
const written = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const spoken = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
const renamed = (keys, name) => Object.fromEntries(Object.entries(keys).map(([target, key]) => [name(target), key]));

/** Events: `change` (something is chosen otherwise), `refused` (the server does not take it, with its sentence). */
export class Preferences extends EventTarget {
  #server;
  #project;
  #now;
  #stored;
  #sending = null;
  #timer = 0;

  /** `known` is {way, grid_size, keys}, as the server tells it. */
  constructor(server, project, known) {
    super();
    this.#server = server;
    this.#project = project;
    this.#now = { way: known.way, gridSize: known.grid_size, keys: renamed(known.keys, spoken) };
    this.#stored = this.#now;
    addEventListener("online", () => this.#send());
  }

  /** `single`, `grid`, or null: as the project has it. */
  get way() {
    return this.#now.way;
  }

  get gridSize() {
    return this.#now.gridSize;
  }

  /** Own keys by command, or by `class:<id>`. */
  get keys() {
    return this.#now.keys;
  }

  /** Forgets the keys of classes that are not there any more. */
  fit(classes) {
    const there = new Set(classes.map(({ id }) => `class:${id}`));
    const gone = Object.keys(this.#now.keys).filter((target) => target.startsWith("class:") && !there.has(target));
    for (const target of gone) delete this.#now.keys[target];
  }

  /** Chooses some of it otherwise; returns why the server does not take it, or "". */
  choose(choices) {
    this.#set({ ...this.#now, ...choices });
    return this.#send();
  }

  /** The page goes away: a last try that outlives it, whatever is still on its way. */
  part() {
    if (this.#stored !== this.#now) this.#put(this.#now).catch(() => {});
  }

  #set(now) {
    this.#now = now;
    this.dispatchEvent(new Event("change"));
  }

  #send() {
    clearTimeout(this.#timer);
    this.#sending ??= this.#tell().finally(() => { this.#sending = null; });
    return this.#sending;
  }

  async #tell() {
    while (this.#stored !== this.#now) {
      const sent = this.#now;
      try {
        await this.#put(sent);
        this.#stored = sent;
      } catch (error) {
        if (error.kind === "bad") {
          this.#set(this.#stored);
          this.dispatchEvent(new CustomEvent("refused", { detail: error.message }));
          return error.message;
        }
        if (error.kind !== "gone") this.#timer = setTimeout(() => this.#send(), AGAIN_MS);
        return "";
      }
    }
    return "";
  }

  #put({ way, gridSize, keys }) {
    return this.#server.prefer(this.#project, { way, grid_size: gridSize, keys: renamed(keys, written) });
  }
}
