// Paint that was not sent, kept in this tab so that a reload loses none of it.

export const drafts = (name) => ({
  load() {
    try {
      return new Map(JSON.parse(sessionStorage.getItem(name)) ?? []);
    } catch {
      return new Map();
    }
  },
  save(paint) {
    try {
      sessionStorage.setItem(name, JSON.stringify([...paint]));
    } catch { /* then a reload begins anew */ }
  },
});
