// One image at a time: the way to ask that everybody knows. Knows the viewer and the class buttons;
// nothing of what becomes of an answer.

export const makeSingle = (desk, viewer) => ({
  name: "single",
  takes: () => 1,
  show: ([{ image }]) => viewer.show(image),
  hide: () => viewer.clear(),
  press: () => null,
  question: () => "",
  help: () => [],
  swipe(direction) {
    if (direction === "down") return { name: "Can’t tell", act: () => desk.answer({ answer: "unrecognizable", refusal: "cannot_tell" }) };
    if (desk.classes.length !== 2) return null;
    const { id, name } = desk.classes[direction === "left" ? 0 : 1];
    return { name, act: () => desk.answer({ answer: "class", class: id }) };
  },
});
