// The annotator's page: one press answers and shows the next image in the same frame. Puts the parts
// together; each of them knows only its own task.

import { Buttons } from "./buttons.js";
import { GuidelinesPanel } from "./guidelines.js";
import { swipeHint } from "./hint.js";
import { History } from "./history.js";
import { Keys } from "./keys.js";
import { newId, Outbox } from "./outbox.js";
import { decoded, Queue } from "./queue.js";
import { Server } from "./server.js";
import * as standstills from "./states.js";
import { Today } from "./today.js";
import { Viewer } from "./viewer.js";

const opened = JSON.parse(document.getElementById("opened").textContent);
const at = (id) => document.getElementById(id);

const IDLE_MS = 180_000;
const LONGEST_WAIT_S = 10;
const WORD_MS = 6000;
const LONGEST_ANSWER_MS = 600_000;

const server = new Server(opened.root, opened.user_id);
const outbox = new Outbox(server, opened.user_id);
/** Queries answered in this visit, so that a claim that is still on its way brings none of them back. */
const answered = new Set();
const isAnswered = (queryId) => answered.has(queryId);
isAnswered.unsent = () => outbox.queryIds.size;
const queue = new Queue(server, opened.project_id, isAnswered);

let shownAt = 0;
let lastActive = performance.now();
let reply = { state: "loading" };
let waiting = 0;
let saying = 0;
let standing = "";

const swipeMeaning = (direction) => {
  if (!queue.current) return null;
  if (direction === "down") return { name: "Can’t tell", act: () => answer("unrecognizable") };
  if (buttons.classes.length !== 2) return null;
  const { id, name } = buttons.classes[direction === "left" ? 0 : 1];
  return { name, act: () => answer("class", id) };
};

const actions = {
  answer: (classId) => answer("class", classId),
  unrecognizable: () => answer("unrecognizable"),
  skip: () => answer("skip"),
  undo: () => history.last && change(history.last),
  guidelines: () => guidelines.toggle(),
  help: () => showHelp(),
  zoomIn: () => viewer.zoomIn(),
  zoomOut: () => viewer.zoomOut(),
  invert: () => at("invert").setAttribute("aria-pressed", viewer.invert()),
  contrast: () => at("contrast").setAttribute("aria-pressed", viewer.contrast()),
  smooth: () => at("smooth").setAttribute("aria-pressed", viewer.toggleSmooth()),
  find: () => buttons.find(),
  type: (letter) => buttons.find(letter),
  escape: () => (guidelines.open ? guidelines.toggle() : viewer.reset()),
};

const keys = new Keys(actions);
const buttons = new Buttons(at("answers"), keys, actions.answer);
const viewer = new Viewer(at("stage"), at("frame"), at("swipe-word"), swipeMeaning);
const guidelines = new GuidelinesPanel(at("guidelines"), at("open-guidelines"), server, opened.project_id);
const history = new History(at("strip"), (address) => server.address(address), (item) => change(item));
const today = new Today(at("today"), () => server.progress(opened.project_id));

// ---- answering: nothing here waits for anything ----

function answer(kind, classId = null) {
  const entry = queue.current;
  if (!entry) return;
  const duration = Math.min(LONGEST_ANSWER_MS, Math.round(performance.now() - shownAt));
  const body = { id: newId(), query_id: entry.query.id, answer: kind, duration_ms: duration };
  if (kind === "class") body.class = classId;
  answered.add(entry.query.id);
  outbox.add(body);
  show(queue.next());
  buttons.confirm(kind, classId);
  remember(body, entry);
  today.add(kind, 1);
}

function remember(body, entry) {
  const word = wordOf(body.answer, body.class);
  history.add({
    id: body.id, queryId: body.query_id, imageUrl: entry.query.image ?? entry.query.image_url, origin: entry.query.origin, round: entry.query.round,
    kind: body.answer, word, entry, unsent: true, changeable: true,
  });
  at("undo").disabled = false;
  announce(queue.current ? `${word}. Next image: ${at("question").textContent}` : `${word}.`);
}

const wordOf = (kind, classId) => (kind === "class" ? buttons.name(classId) : kind === "skip" ? "skipped" : "can’t tell");

/** Takes an answer back and asks the same again. */
async function change(item) {
  if (!item.changeable) return;
  item.changeable = false;
  outbox.undo(item.id);
  history.remove(item.id);
  at("undo").disabled = !history.last;
  today.add(item.kind, -1);
  answered.delete(item.queryId);
  const query = { id: item.queryId, image_url: item.imageUrl, origin: item.origin, round: item.round, expires_at: null };
  try {
    const image = item.entry?.image ?? (await decoded(server.address(item.imageUrl)));
    image.dataset.query = item.queryId;
    queue.insert({ query: { ...(item.entry?.query ?? query), expires_at: null }, image });
    show(queue.current);
    announce(`Taken back: ${item.word}. What does this image show?`);
  } catch {
    say("That image cannot be loaded right now; your answer to it was taken back.");
  }
}

// ---- showing ----

function show(entry) {
  if (!entry) {
    viewer.clear();
    buttons.enabled = false;
    // Mostly the next image is on its way: whoever knows better says so within a moment.
    if (reply.state === "open") reply = { state: "loading" };
    stand();
    return;
  }
  clearTimeout(waiting);
  waiting = 0;
  standing = "";
  at("standstill").hidden = true;
  document.querySelector(".ask").hidden = false;
  viewer.show(entry.image);
  buttons.enabled = true;
  const hint = swipeHint(buttons.classes);
  if (hint) say(hint);
  const { origin, round } = entry.query;
  const badge = at("origin");
  badge.hidden = !origin;
  badge.dataset.origin = origin ?? "";
  badge.textContent = origin === "synthesized" ? "imagined" : "real";
  badge.title = origin === "synthesized" ? "The machine imagined this image; it may show nothing that has a name" : "This image comes from the project’s own";
  at("round").hidden = !round;
  at("round").textContent = `round ${round}`;
  // Two frames later the image has been painted.
  requestAnimationFrame((now) => { shownAt = now; });
  shownAt = performance.now();
}

/** Says why there is no image, and asks again in due time. */
function stand() {
  if (queue.current) return;
  if (reply.state === "loading" || queue.length) return;
  buttons.enabled = false;
  document.querySelector(".ask").hidden = true;
  at("standstill").hidden = false;
  at("standstill").dataset.state = reply.state;
  const facts = { ...reply, kept: outbox.state.count };
  standstills.draw(at("standstill"), facts, { progress: today.progress, signIn: at("signed-out").querySelector("a").href, home: server.address("/") });
  if (standing !== reply.state) {
    standing = reply.state;
    today.refresh().then(() => !queue.current && stand());
  }
  askAgain();
}

function askAgain() {
  if (waiting || reply.state === "gone" || reply.state === "rested") return;
  const seconds = Math.min(LONGEST_WAIT_S, Math.max(1, reply.retry_after_s ?? LONGEST_WAIT_S));
  waiting = setTimeout(() => {
    waiting = 0;
    if (document.hidden) askAgain();
    else queue.fill({ renew: true });
  }, seconds * 1000);
}

// ---- what the parts report ----

queue.addEventListener("ready", () => queue.current || !queue.length || show(queue.next()));
queue.addEventListener("reply", ({ detail }) => {
  reply = detail;
  buttons.classes = detail.classes;
  if (queue.current) return;
  if (queue.length) show(queue.next());
  else if (detail.state !== "open") stand();
  else if (!queue.loading) emptyHanded();
});
/** All that is lent was answered here already, and the server will soon know; or it cannot be shown. */
function emptyHanded() {
  reply = { state: queue.broken ? "broken" : "loading" };
  if (queue.broken) stand();
  else setTimeout(() => queue.current || queue.fill({ renew: true }), 300);
}

queue.addEventListener("trouble", ({ detail }) => {
  if (detail.kind === "signed_out") outbox.flush();
  tellSignedOut(detail.kind === "signed_out");
  if (queue.current || reply.state === "rested") return;
  reply = { state: detail.kind === "bad" ? "retrying" : detail.kind, retry_after_s: 3 };
  stand();
});
queue.addEventListener("broken", () => say("An image could not be loaded, so it was left out."));

outbox.addEventListener("change", () => tellState());
outbox.addEventListener("verdict", ({ detail: { answer: sent, verdict } }) => {
  if (verdict.verdict === "stored" || verdict.verdict === "repeated") return;
  const item = history.find(sent.id);
  history.remove(sent.id);
  at("undo").disabled = !history.last;
  if (item) today.add(item.kind, -1);
  if (verdict.verdict === "closed") say("One answer came too late: others had answered already.");
  else say(`One answer was not taken: ${verdict.problem.detail}`);
});
outbox.addEventListener("undone", ({ detail: { undone } }) => {
  if (!undone || undone.open || queue.current?.query.id !== undone.query_id) return;
  say("Nobody is asked about that image any more; your answer was taken back.");
  answered.add(undone.query_id);
  show(queue.next());
});
outbox.addEventListener("elsewhere", ({ detail: { queryId } }) => {
  answered.add(queryId);
  if (queue.forget(queryId)) show(queue.next());
});
outbox.addEventListener("unsafe", () => say("This browser keeps nothing: stay on this page until your answers are saved."));

const PILL = {
  saved: () => "saved",
  sending: (count) => `sending ${count}`,
  offline: (count) => (count ? `offline, ${count} kept` : "offline"),
  retrying: (count) => `will retry, ${count} kept`,
  signed_out: (count) => `signed out, ${count} kept`,
};

function tellState() {
  const { name, count } = outbox.state;
  const before = at("pill").dataset.state;
  at("pill").dataset.state = name;
  at("pill-text").textContent = PILL[name](count);
  history.markUnsent(outbox.ids);
  if (before !== name && (name !== "sending") && !(before === "sending" && name === "saved")) announce(PILL[name](count));
  else if (before !== name && name === "saved") announce("saved");
  tellSignedOut(name === "signed_out");
  if (name === "saved" && ["offline", "signed_out", "retrying"].includes(reply.state) && !queue.current) queue.fill({ renew: true });
}

function tellSignedOut(signedOut) {
  if (!signedOut && outbox.state.name === "signed_out") return;
  at("signed-out").hidden = !signedOut;
  const count = outbox.state.count;
  at("signed-out-kept").textContent = count ? `${count === 1 ? "1 answer is" : `${count} answers are`} kept in this browser.` : "Nothing is lost.";
}

function say(sentence) {
  at("word").textContent = sentence;
  clearTimeout(saying);
  saying = setTimeout(() => { at("word").textContent = ""; }, WORD_MS);
}

function announce(sentence) {
  at("live").textContent = sentence;
}

// ---- keys explained ----

function showHelp() {
  const cap = (key) => `${keys.command(key)}`;
  const rows = [
    ...buttons.classes.map(({ id, name }) => [[keys.of(id)], name]).filter(([[key]]) => key),
    ...(keys.typing ? [[["A–Z"], "find a class by its name; Enter answers"]] : []),
    [[cap("U")], "nobody can tell what this is"], [[cap("S")], "skip: somebody else is asked"], [[cap("Z")], "take the last answer back"],
    [["+", "−"], "zoom; drag to move"], [[cap("I")], "invert"], [[cap("C")], "more contrast"], [[cap("B")], "blend pixels, or show them as squares"], [[cap("G")], "guidelines"], [["?"], "these keys"],
  ];
  at("help-keys").replaceChildren(...rows.flatMap(([caps, meaning]) => {
    const term = document.createElement("dt");
    term.append(...caps.map((key) => Object.assign(document.createElement("kbd"), { textContent: key })));
    return [term, Object.assign(document.createElement("dd"), { textContent: meaning, dir: "auto" })];
  }));
  at("help").showModal();
}

// ---- the person comes and goes ----

function active() {
  lastActive = performance.now();
  if (reply.state !== "rested" || queue.current) return;
  reply = { state: "loading" };
  queue.fill({ renew: true });
}

setInterval(() => {
  const here = !document.hidden && performance.now() - lastActive < IDLE_MS;
  if (here && queue.endsSoon) queue.fill({ renew: true });
  else if (here && ["open", "loading"].includes(reply.state)) queue.fill();
  if (queue.dropExpired()) {
    reply = { state: "rested" };
    viewer.clear();
    stand();
  }
}, 5000);

for (const type of ["pointerdown", "keydown"]) addEventListener(type, active, { capture: true });
addEventListener("online", () => queue.fill({ renew: true }));
addEventListener("visibilitychange", () => document.hidden || (queue.current ? queue.fill() : queue.fill({ renew: true })));
addEventListener("pagehide", () => {
  outbox.part();
  queue.release();
});
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  viewer.clear();
  queue.fill({ renew: true });
});

at("unrecognizable").addEventListener("click", actions.unrecognizable);
at("skip").addEventListener("click", actions.skip);
at("undo").addEventListener("click", actions.undo);
at("open-help").addEventListener("click", actions.help);
at("zoom-in").addEventListener("click", actions.zoomIn);
at("zoom-out").addEventListener("click", actions.zoomOut);
at("invert").addEventListener("click", actions.invert);
at("contrast").addEventListener("click", actions.contrast);
at("smooth").addEventListener("click", actions.smooth);

// ---- begin ----

for (const queryId of outbox.queryIds) answered.add(queryId);
at("smooth").setAttribute("aria-pressed", viewer.smooth);
buttons.classes = opened.classes;
buttons.enabled = false;
tellState();
outbox.flush();
queue.fill();
today.refresh().then((progress) => {
  if (!progress) return;
  history.addOlder(progress.history.filter((each) => !each.undone).map((each) => ({
    id: each.id, queryId: each.query_id, imageUrl: each.image_url, origin: each.origin, round: null, kind: each.answer,
    word: each.class_name ?? wordOf(each.answer), unsent: false, changeable: each.changeable,
  })));
  at("undo").disabled = !history.last;
});
