// What can wait until the next image is on the screen. Knows frames; nothing of what is drawn in them.

/** Where no frame comes, as in a page that is covered, nothing waits for longer. */
const LONGEST_MS = 100;

let waiting = [];
let timer = 0;

const run = () => {
  clearTimeout(timer);
  const due = waiting;
  waiting = [];
  for (const task of due) {
    try {
      task();
    } catch (error) {
      // The others may be an answer that is to be sent.
      reportError(error);
    }
  }
};

/** Calls `task` once the coming frame has been painted; at once in a hidden page, where none will be. */
export const afterFrame = (task) => {
  waiting.push(task);
  if (document.hidden) run();
  else if (waiting.length === 1) {
    timer = setTimeout(run, LONGEST_MS);
    // A task of its own comes after the frame; whatever follows in this one would hold it up.
    requestAnimationFrame(() => setTimeout(run));
  }
};
