// Places on a strip of frames: what a gesture marks, and in how many rows frames are largest.
// Plain numbers; knows nothing of pages, pointers or answers.

/** So much of a frame, on either side, still counts as the space between two frames. */
const BETWEEN = 0.3;

const within = (low, value, high) => Math.min(high, Math.max(low, value));

/**
 * Returns what a stretch of the strip marks, measured in frames from its beginning: frames whose middle it
 * covers are undecided, `last` is the one before them, `first` the one after.
 */
export const marksAt = (low, high, count) => {
  const last = within(0, Math.floor(low - (1 - BETWEEN)), count - 2);
  return { last, first: within(last + 1, Math.ceil(high - BETWEEN), count - 1) };
};

/**
 * Marks as a text cursor and its selection: both are places between frames, 1 to count - 1, and what lies
 * between them is undecided.
 */
export const marksOf = ({ anchor, focus }) => ({ last: Math.min(anchor, focus) - 1, first: Math.max(anchor, focus) });

/** Moves a cursor by a frame, as in a text: widening the selection, or closing it at that side. */
export const moved = ({ anchor, focus }, step, { widen, count }) => {
  if (!widen && anchor !== focus) {
    const edge = step < 0 ? Math.min(anchor, focus) : Math.max(anchor, focus);
    return { anchor: edge, focus: edge };
  }
  const to = within(1, focus + step, count - 1);
  return { anchor: widen ? anchor : to, focus: to };
};

/** Returns in how many columns square frames, each with a line under it, are largest in a space. */
export const columnsFor = (count, width, height, line) => {
  const side = (columns) => Math.min(width / columns, height / Math.ceil(count / columns) - line);
  let best = 1;
  for (let columns = 2; columns <= count; columns++) if (side(columns) > side(best)) best = columns;
  return best;
};
