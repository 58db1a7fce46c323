// What the page says in passing: where the answers are, a sentence now and then, and to a screen reader.
// Knows words; nothing of queries.

const WORD_MS = 6000;

const PILL = {
  saved: () => "saved",
  sending: (count) => `sending ${count}`,
  offline: (count) => (count ? `offline, ${count} kept` : "offline"),
  retrying: (count) => `will retry, ${count} kept`,
  signed_out: (count) => `signed out, ${count} kept`,
};

const at = (id) => document.getElementById(id);
let saying = 0;

/** Writes words only where others stand: an equal text would be laid out again. */
export const write = (element, words) => {
  if (element.textContent !== words) element.textContent = words;
};

/** A sentence for a few seconds. */
export const say = (sentence) => {
  at("word").textContent = sentence;
  clearTimeout(saying);
  saying = setTimeout(() => { at("word").textContent = ""; }, WORD_MS);
};

/** A sentence for who cannot see what happened. */
export const announce = (sentence) => {
  at("live").textContent = sentence;
};

/** Where the answers are: {name, count}. */
export const tellState = ({ name, count }) => {
  const before = at("pill").dataset.state;
  at("pill").dataset.state = name;
  write(at("pill-text"), PILL[name](count));
  if (before !== name && name !== "sending") announce(PILL[name](count));
};

export const tellSignedOut = (signedOut, count) => {
  at("signed-out").hidden = !signedOut;
  write(at("signed-out-kept"), count ? `${count === 1 ? "1 answer is" : `${count} answers are`} kept in this browser.` : "Nothing is lost.");
};

/** Whether a query's image is imagined, and the round that posed it. */
export const tellFacts = ({ origin, round }) => {
  tellOrigin(origin);
  at("round").hidden = !round;
  write(at("round"), `round ${round}`);
};

export const tellOrigin = (origin) => {
  const badge = at("origin");
  badge.hidden = !origin;
  badge.dataset.origin = origin ?? "";
  write(badge, origin === "synthesized" ? "imagined" : "real");
  badge.title = origin === "synthesized" ? "The machine imagined this image; it may show nothing that has a name" : "This image comes from the project’s own";
};
