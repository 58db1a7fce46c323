// What a person with a touch screen should be told once: there is nothing to see that says it.

const TOLD = "cusp.swipes-told";

/** Returns the sentence, or nothing where it does not apply or was told in this browser. */
export const swipeHint = (classes) => {
  if (classes.length !== 2 || !matchMedia("(pointer: coarse)").matches || told()) return "";
  const [left, right] = classes;
  return `Swipe left for ${left.name}, right for ${right.name}, down for can’t tell.`;
};

const told = () => {
  try {
    const before = localStorage.getItem(TOLD);
    localStorage.setItem(TOLD, "yes");
    return before !== null;
  } catch {
    return true;
  }
};
