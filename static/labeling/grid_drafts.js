// Paint that was not sent, kept in this browser so that a reload or a closed tab loses none of it.

/** Older paint is forgotten: its queries went to others long ago. */
const MOST = 200;

export const drafts = (name) => ({
  load() {
    try {
      return new Map(JSON.parse(localStorage.getItem(name)) ?? []);
    } catch {
      return new Map();
    }
  },
  save(paint) {
    try {
      localStorage.setItem(name, JSON.stringify([...paint].slice(-MOST)));
    } catch { /* then the next visit begins anew */ }
  },
});
