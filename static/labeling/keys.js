// Which key does what. With more classes than keys, letters search the classes and the other commands
// move to Shift. What a person chose comes first. Knows nothing of what an action does.

/** Commands with their keys, unless a person chose others. */
export const COMMANDS = {
  cannotTell: "u", noneOfThese: "n", inBetween: "m", skip: "s", never: "x", undo: "z",
  remark: "r", twins: "t", why: "w", guidelines: "g", invert: "i", contrast: "c", smooth: "b",
};
const SIGNS = { "+": "zoomIn", "=": "zoomIn", "-": "zoomOut", "?": "help", "/": "find", Escape: "escape" };
/** Habits from elsewhere; they give way to a button that has the focus and to what scrolls. */
const HABITS = { " ": "skip", Backspace: "undo", ArrowLeft: "left", ArrowRight: "right", ArrowDown: "down" };
const DIGITS = [..."123456789"];

/** More classes than this are easier to type than to find. */
export const MANY = 9;

/** Gives each class its key: what the person chose, what the project chose, then the digits that are left. */
export const assign = (classes, chosen = {}) => {
  const own = new Set(Object.values(chosen));
  const wanted = classes.map((each) => chosen[`class:${each.id}`] ?? (own.has(each.key.toLowerCase()) ? "" : each.key));
  const taken = new Set([...own, ...wanted.map((key) => key.toLowerCase())].filter(Boolean));
  const free = DIGITS.filter((digit) => !taken.has(digit));
  return classes.map((each, index) => ({ ...each, key: wanted[index] || (classes.length <= MANY ? free.shift() : "") || "" }));
};

export class Keys {
  #byKey = new Map();
  #commands = new Map();
  #actions;
  #typing = false;
  #classes = [];
  #chosen = {};

  /** `actions` are functions by name: answer(classId), cannotTell(), skip(), undo(), type(letter), way(event)... */
  constructor(actions) {
    this.#actions = actions;
    addEventListener("keydown", (event) => this.#press(event));
  }

  /** Whether letters search the classes. */
  get typing() {
    return this.#typing;
  }

  set classes(classes) {
    this.#classes = classes;
    this.#arrange();
  }

  /** A person's own keys: by command, or by `class:<id>`. */
  set chosen(chosen) {
    this.#chosen = chosen;
    this.#arrange();
  }

  get chosen() {
    return this.#chosen;
  }

  /** The key of a class as its button shows it. */
  of(classId) {
    for (const [key, id] of this.#byKey) if (id === classId) return key.toUpperCase();
    return "";
  }

  /** A command's key as its button shows it; empty if a class has taken it. */
  command(name) {
    for (const [key, each] of this.#commands) if (each === name) return this.#typing && isLetter(key) ? `⇧${key.toUpperCase()}` : key.toUpperCase();
    return "";
  }

  #arrange() {
    const assigned = assign(this.#classes, this.#chosen);
    this.#typing = assigned.some(({ key }) => !key);
    // A letter that a person chose answers at once, also where letters search.
    const direct = assigned.filter(({ id, key }) => key && (!this.#typing || !isLetter(key) || this.#chosen[`class:${id}`]));
    this.#byKey = new Map(direct.map(({ key, id }) => [key.toLowerCase(), id]));
    const own = new Set(Object.values(this.#chosen));
    const theirs = Object.entries(COMMANDS).map(([name, key]) => [this.#chosen[name] ?? (own.has(key) ? "" : key), name]);
    this.#commands = new Map(theirs.filter(([key]) => key && !this.#byKey.has(key)));
  }

  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
    const field = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (document.querySelector("dialog[open]") || field) return;
    const act = event.target.closest?.("[role=menu]") ? null : this.#actions.way(event) ?? this.#meaning(event);
    if (!act) return;
    event.preventDefault();
    act();
  }

  #meaning(event) {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const actions = this.#actions;
    const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
    const classId = this.#byKey.get(key) ?? (event.shiftKey || key.length !== 1 || isLetter(key) ? undefined : this.#byKey.get(digit));
    if (classId !== undefined && !(isLetter(key) && event.shiftKey)) return () => actions.answer(classId);
    const command = this.#commands.get(key);
    if (command && (!isLetter(key) || event.shiftKey === this.#typing)) return () => actions[command]();
    if (SIGNS[key]) return () => actions[SIGNS[key]]();
    if (HABITS[key] && !event.shiftKey && !event.target.closest?.("button, a, summary, .guidelines, .strip")) return () => actions[HABITS[key]]();
    if (this.#typing && !event.shiftKey && isLetter(key)) return () => actions.type(event.key);
    return null;
  }
}

const isLetter = (key) => key.length === 1 && /\p{L}/u.test(key);
