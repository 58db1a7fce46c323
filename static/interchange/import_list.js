// The list of imports: newest first, each with its state, what it brought and what it refused.

const SHOWN = 10;
// Up to so many names are shown at once; more are folded.
const AT_ONCE = 3;
const VERDICTS = {
  duplicate: "in the project already, or more than once in the source",
  in_holdout: "in the holdout already, so not for the pool",
  in_pool: "in the pool already, so not for the holdout",
  class_left_out: "with a label that was not asked for",
  empty_file: "empty",
  not_an_image: "not an image",
  truncated: "ending too early",
  unreadable: "impossible to decode",
  too_large: "with too many bytes",
  too_many_pixels: "with too many pixels",
  animated: "with several frames",
  unsafe_path: "with a name that points outside of the archive",
  link: "only a link",
  encrypted: "encrypted",
  over_limit: "beyond what the server takes",
};
const STATES = {
  queued: ["Waiting for a worker", ""],
  running: ["Reading", "accent"],
  done: ["Imported", "good"],
  failed: ["Not imported", "bad"],
};

const number = (count) => count.toLocaleString("en");

const make = (tag, { text, ...properties } = {}, children = []) => {
  const element = Object.assign(document.createElement(tag), properties);
  if (text !== undefined) element.textContent = text;
  element.append(...children);
  return element;
};

let last = "";

export const show = (place, imports) => {
  const newest = imports.slice(-SHOWN).reverse();
  const seen = JSON.stringify(newest);
  if (seen === last) return;
  last = seen;
  const open = new Set([...place.querySelectorAll("details[open]")].map((each) => each.dataset.name));
  place.replaceChildren(...(newest.length ? [make("ul", { className: "import-list" }, newest.map(row))] : []));
  for (const each of place.querySelectorAll("details")) each.open = open.has(each.dataset.name);
};

const row = (view) => make("li", {}, [head(view), ...body(view)]);

const head = (view) => {
  const [word, tone] = STATES[view.state];
  return make("div", { className: "import-head" }, [
    make("strong", { text: view.source }),
    make("span", { className: `badge ${tone}`, text: word }),
  ]);
};

const body = (view) => {
  if (view.state === "failed") return [make("p", { className: "import-words bad", text: view.problem }), ...verdicts(view)];
  if (view.state === "done") return [brought(view), ...view.notices.map(notice), ...verdicts(view)];
  return [progress(view)];
};

const brought = (view) => {
  const holdout = view.holdout_count ? `, ${number(view.holdout_count)} to the holdout` : "";
  const at = new Date(view.done_at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
  return make("p", { className: "small muted", text: `${number(view.pool_count)} images to the pool${holdout} · ${at}` });
};

const notice = (text) => make("p", { className: "small import-words", text });

const progress = (view) => {
  const { read, of } = view.facts;
  const words = view.state === "queued" ? "Begins as soon as a worker is free." : read ? `${number(read)}${of ? ` of ${number(of)}` : ""} files` : "";
  const bar = make("progress", { max: 1, ariaLabel: `Progress of ${view.source}` });
  if (view.state === "running") bar.value = view.share;
  else bar.value = 0;
  return make("div", { className: "stack tight" }, [bar, make("p", { className: "small muted", text: words })]);
};

const verdicts = (view) => {
  const refused = Object.entries(view.verdicts).filter(([verdict]) => verdict !== "ok");
  if (!refused.length) return [];
  const count = refused.reduce((sum, [, each]) => sum + each, 0);
  const rows = refused.sort((one, other) => other[1] - one[1]).map(([verdict, each]) => verdictRow(view, verdict, each));
  const details = make("details", { className: "more" }, [
    make("summary", { className: "small", text: `${number(count)} left out` }),
    make("table", { className: "verdicts small" }, [make("tbody", {}, rows)]),
  ]);
  details.dataset.name = `${view.id}`;
  return [details];
};

const verdictRow = (view, verdict, count) => {
  const words = make("p", { text: VERDICTS[verdict] ?? verdict.replaceAll("_", " ") });
  const files = view.files[verdict] ?? [];
  const cell = make("td", {}, files.length ? [words, named(view, verdict, { files, count })] : [words]);
  return make("tr", {}, [make("td", { className: "number", text: number(count) }), cell]);
};

const named = (view, verdict, { files, count }) => {
  const items = files.map((file) => make("li", { text: file.detail ? `${file.name}: ${file.detail}` : file.name }));
  if (count <= AT_ONCE) return make("ul", { className: "verdict-files" }, items);
  const text = files.length < count ? `The first ${files.length}` : "Which";
  const details = make("details", { className: "more" }, [
    make("summary", { text }),
    make("ul", { className: "verdict-files", tabIndex: 0 }, items),
  ]);
  details.dataset.name = `${view.id}-${verdict}`;
  return details;
};
