// Painting by mouse, pen or finger: a click, or a drag over several cells. Where the cells scroll, a
// finger that moves up or down scrolls and one that moves sideways paints. Knows nothing of answers.

const AWAY_PX = 8;

/**
 * `begin(id)` says what a stroke that begins there paints, null to take paint off; `paint(id, what)` does
 * it and returns what was there before; `end(count)` is told how many cells it painted.
 */
export const strokes = (cells, { begin, paint, end }) => {
  let stroke = null;

  const over = (x, y) => {
    const id = cells.at(x, y);
    if (id === null || stroke.before.has(id)) return;
    stroke.before.set(id, paint(id, stroke.what));
  };

  /** Misses no cell between two moves, however quick they are. */
  const along = (x, y) => {
    const steps = Math.max(1, Math.ceil(Math.hypot(x - stroke.x, y - stroke.y) / (cells.side / 3)));
    for (let step = 1; step <= steps; step++) over(stroke.x + ((x - stroke.x) * step) / steps, stroke.y + ((y - stroke.y) * step) / steps);
    Object.assign(stroke, { x, y });
  };

  const start = () => {
    stroke.started = true;
    stroke.what = begin(stroke.first);
    over(stroke.x, stroke.y);
  };

  cells.element.addEventListener("pointerdown", (event) => {
    const first = cells.queryOf(event.target);
    if (first === null || event.button || stroke) return;
    stroke = { pointer: event.pointerId, first, x: event.clientX, y: event.clientY, before: new Map(), started: false };
    if (!cells.scrolls || event.pointerType === "mouse") start();
    cells.element.setPointerCapture(event.pointerId);
  });
  cells.element.addEventListener("pointermove", (event) => {
    if (event.pointerId !== stroke?.pointer) return;
    if (!stroke.started) {
      const [x, y] = [Math.abs(event.clientX - stroke.x), Math.abs(event.clientY - stroke.y)];
      if (Math.max(x, y) < AWAY_PX) return;
      // Up or down: the finger scrolls.
      if (y > x) stroke = null;
      else start();
    }
    if (stroke) along(event.clientX, event.clientY);
  });
  for (const type of ["pointerup", "lostpointercapture"]) {
    cells.element.addEventListener(type, (event) => {
      if (event.pointerId !== stroke?.pointer) return;
      if (!stroke.started) start();
      const { before, what } = stroke;
      stroke = null;
      if (what) end(before.size);
    });
  }
  cells.element.addEventListener("pointercancel", (event) => {
    if (event.pointerId !== stroke?.pointer) return;
    for (const [id, what] of stroke.before) paint(id, what);
    stroke = null;
  });
  // A finger that paints throws nothing: the tap after it would only stop what it threw.
  cells.element.addEventListener("touchmove", (event) => stroke?.started && event.touches.length === 1 && event.cancelable && event.preventDefault(), { passive: false });
  // The keys keep their meaning: a press by mouse moves no focus.
  cells.element.addEventListener("mousedown", (event) => event.preventDefault());
  // A screen reader's press comes without a pointer.
  cells.element.addEventListener("click", (event) => {
    const id = cells.queryOf(event.target);
    if (event.detail || id === null) return;
    const what = begin(id);
    paint(id, what);
    if (what) end(1);
  });
};
