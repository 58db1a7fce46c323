// The list of keys, as they are now: the classes', the way's own, and all others. Words only.

const COMMANDS = [
  ["cannotTell", "nobody can tell what this is"], ["noneOfThese", "it shows something, but none of these"], ["inBetween", "it is in between two of them"],
  ["skip", "skip: somebody else is asked"], ["never", "skip: nobody is asked about it again"], ["undo", "take the last answer back"],
];
const MORE = [
  ["remark", "a remark for the lead"], ["twins", "real images like this imagined one"], ["why", "why the last image was asked"],
];
const VIEW = [["invert", "invert"], ["contrast", "more contrast"], ["smooth", "blend pixels, or show them as squares"], ["guidelines", "guidelines"]];

/** What each command that has a key of its own means. */
export const MEANINGS = [...COMMANDS, ...MORE, ...VIEW];

/** Returns the elements of the list; `way` is how the query in view is put. */
export const helpRows = (classes, keys, way) => {
  const named = (rows) => rows.map(([name, meaning]) => [[keys.command(name)], meaning]).filter(([[key]]) => key);
  const rows = [
    ...(way?.marks ? [] : classRows(classes, keys)),
    ...(way?.help() ?? []),
    ...named(COMMANDS), ...named(MORE),
    ...habitRows(classes, way),
    ...named(VIEW), [["?"], "these keys"],
  ];
  return rows.flatMap(([caps, meaning]) => {
    const term = document.createElement("dt");
    term.append(...caps.map((key) => Object.assign(document.createElement("kbd"), { textContent: key })));
    return [term, Object.assign(document.createElement("dd"), { textContent: meaning, dir: "auto" })];
  });
};

const classRows = (classes, keys) => [
  ...classes.map(({ id, name }) => [[keys.of(id)], name]).filter(([[key]]) => key),
  ...(keys.typing ? [[["A–Z"], "find a class by its name; Enter answers"]] : []),
];

/** Keys that nobody moves, as far as the way leaves them what they are. */
const habitRows = (classes, way) => {
  if (way?.paints) return [];
  const common = [[["⌫"], "take back"], [["↓"], "nobody can tell"]];
  if (way?.marks) return common;
  const arrows = classes.length === 2 ? [[["←", "→"], `${classes[0].name}, ${classes[1].name}`]] : [];
  return [...arrows, [["Space"], "skip"], ...common, [["+", "−"], "zoom; drag to move"]];
};
