// Which key does what. With more classes than keys, letters search the classes and the other commands
// move to Shift. Knows no class by what it means, and nothing of what an action does.

const COMMANDS = { u: "unrecognizable", s: "skip", z: "undo", g: "guidelines", i: "invert", c: "contrast", b: "smooth" };
const SIGNS = { "+": "zoomIn", "=": "zoomIn", "-": "zoomOut", "?": "help", "/": "find", Escape: "escape" };
const DIGITS = [..."123456789"];

/** More classes than this are easier to type than to find. */
export const MANY = 9;

/** Gives each class its key: those that the project chose, then the digits that are left. */
export const assign = (classes) => {
  const taken = new Set(classes.map(({ key }) => key.toLowerCase()).filter(Boolean));
  const free = DIGITS.filter((digit) => !taken.has(digit));
  return classes.map((each) => ({ ...each, key: each.key || (classes.length <= MANY ? free.shift() : "") || "" }));
};

export class Keys {
  #byKey = new Map();
  #actions;
  #typing = false;

  /** `actions` are functions by name: answer(classId), unrecognizable(), skip(), undo(), type(letter)... */
  constructor(actions) {
    this.#actions = actions;
    addEventListener("keydown", (event) => this.#press(event));
  }

  /** Whether letters search the classes. */
  get typing() {
    return this.#typing;
  }

  set classes(classes) {
    const assigned = assign(classes);
    this.#typing = assigned.some(({ key }) => !key);
    const direct = assigned.filter(({ key }) => key && !(this.#typing && isLetter(key)));
    this.#byKey = new Map(direct.map(({ key, id }) => [key.toLowerCase(), id]));
  }

  /** The key of a class as its button shows it. */
  of(classId) {
    for (const [key, id] of this.#byKey) if (id === classId) return key.toUpperCase();
    return "";
  }

  /** A command's key as its button shows it. */
  command(letter) {
    return this.#typing ? `⇧${letter}` : letter;
  }

  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
    const field = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (document.querySelector("dialog[open]") || field) return;
    const act = this.#meaning(event);
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
    if (SIGNS[key]) return () => actions[SIGNS[key]]();
    if (COMMANDS[key] && event.shiftKey === this.#typing) return () => actions[COMMANDS[key]]();
    if (this.#typing && !event.shiftKey && isLetter(key)) return () => actions.type(event.key);
    return null;
  }
}

const isLetter = (key) => key.length === 1 && /\p{L}/u.test(key);
