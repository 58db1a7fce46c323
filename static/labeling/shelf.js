// What the browser keeps for later, in order. Knows nothing of what it is.

export const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/** The browser's storage, or memory where a browser refuses to keep anything. */
export class Shelf {
  constructor(prefix) {
    this.prefix = prefix;
    this.memory = new Map();
  }

  /** Returns whether the item is safe from a reload. */
  put(key, item) {
    try {
      localStorage.setItem(this.prefix + key, JSON.stringify(item));
      this.memory.delete(key);
      return true;
    } catch {
      this.memory.set(key, item);
      return false;
    }
  }

  drop(key) {
    this.memory.delete(key);
    try {
      localStorage.removeItem(this.prefix + key);
    } catch { /* then it was never there */ }
  }

  /** All items in the order in which they were put. */
  all() {
    const found = [...this.memory].map(([key, item]) => ({ key, ...item }));
    try {
      for (let index = 0; index < localStorage.length; index++) {
        const name = localStorage.key(index);
        if (!name.startsWith(this.prefix)) continue;
        const item = parsed(localStorage.getItem(name));
        if (item) found.push({ key: name.slice(this.prefix.length), ...item });
      }
    } catch { /* only what is in memory */ }
    return found.sort((a, b) => (a.key < b.key ? -1 : 1));
  }
}
