// The annotator's page: one press answers and shows the next image in the same frame. Puts the parts
// together; each of them knows only its own task.

import { Answering, pastItem } from "./answering.js";
import { Asides } from "./asides.js";
import { Buttons } from "./buttons.js";
import { afterFrame } from "./frames.js";
import { GuidelinesPanel } from "./guidelines.js";
import { swipeHint } from "./hint.js";
import { History } from "./history.js";
import { helpRows } from "./help.js";
import { Keys } from "./keys.js";
import { Menu } from "./menu.js";
import { Outbox } from "./outbox.js";
import { OwnKeys } from "./own_keys.js";
import { Preferences } from "./preferences.js";
import { Presence } from "./presence.js";
import { Queue } from "./queue.js";
import { Server } from "./server.js";
import { makeSingle } from "./single.js";
import * as standstills from "./states.js";
import { announce, say, tellFacts, tellOrigin, tellSignedOut, tellState, write } from "./telling.js";
import { Today } from "./today.js";
import { Viewer } from "./viewer.js";
import { Ways } from "./ways.js";

const opened = JSON.parse(document.getElementById("opened").textContent);
const at = (id) => document.getElementById(id);

const LONGEST_WAIT_S = 10;

const server = new Server(opened.root, opened.user_id);
const outbox = new Outbox(server, opened.user_id);
/** Queries answered in this visit, so that a claim that is still on its way brings none of them back. */
const answered = new Set();
const isAnswered = (queryId) => answered.has(queryId);
isAnswered.unsent = () => outbox.queryIds.size;
const queue = new Queue(server, opened.project_id, isAnswered);
const presence = new Presence();
const preferences = new Preferences(server, opened.project_id, opened.preferences);

let shownAt = 0;
let shown = null;
let reply = { state: "loading" };
let waiting = 0;
let standing = "";
const asked = at("question").textContent;

/** Answers the query in view and shows the next one in the same frame. */
const answer = (fields) => {
  const given = queue.current && asides.given(fields);
  return given && (ways.now?.take ? ways.now.take(given) : answerAll([[queue.current, given]]));
};

/** What every way to ask is given. */
const desk = {
  get classes() { return buttons.classes; },
  name: (classId) => buttons.name(classId),
  keyOf: (classId) => keys.of(classId),
  address: (path) => server.address(path),
  answer,
  sendAll: answerAll,
  mark: (fields) => buttons.mark(fields),
  preferences,
  shelf: `cusp.grid.${server.root || "/"}.${opened.user_id}`,
  say,
  announce,
};

const actsOn = (direction) => (queue.current && ways.now ? ways.now.swipe(direction) : null);
const refuse = (refusal) => () => answer({ answer: "unrecognizable", refusal });

const actions = {
  answer: (classId) => ways.now?.marks || answer({ answer: "class", class: classId }),
  cannotTell: refuse("cannot_tell"),
  noneOfThese: refuse("none_of_these"),
  inBetween: refuse("in_between"),
  skip: () => answer({ answer: "skip" }),
  never: () => answer({ answer: "skip", for_good: true }),
  left: () => actsOn("left")?.act(),
  right: () => actsOn("right")?.act(),
  down: () => actsOn("down")?.act(),
  way: (event) => asides.press(event) || (queue.current && ways.now?.press(event)) || null,
  undo: () => (queue.current && ways.now?.takeBack?.()) || (history.last && change(history.last)),
  remark: () => asides.remark(),
  twins: () => asides.twins.toggle(),
  why: () => asides.why.toggle(),
  guidelines: () => guidelines.toggle(),
  help: () => showHelp(),
  zoomIn: () => viewer.zoomIn(),
  zoomOut: () => viewer.zoomOut(),
  invert: () => at("invert").setAttribute("aria-pressed", viewer.invert()),
  contrast: () => at("contrast").setAttribute("aria-pressed", viewer.contrast()),
  smooth: () => at("smooth").setAttribute("aria-pressed", viewer.toggleSmooth()),
  find: () => ways.now?.marks || buttons.find(),
  type: (letter) => ways.now?.marks || buttons.find(letter),
  escape: () => asides.close() || (guidelines.open ? guidelines.toggle() : viewer.reset()),
};

const keys = new Keys(actions);
const buttons = new Buttons(at("answers"), keys, actions.answer);
const viewer = new Viewer(at("stage"), at("frame"), at("swipe-word"), actsOn);
const ways = new Ways(document.querySelector(".ask"), desk, makeSingle(desk, viewer));
const guidelines = new GuidelinesPanel(at("guidelines"), at("open-guidelines"), server, opened.project_id);
const history = new History(at("strip"), (address) => server.address(address), (item) => change(item));
const today = new Today(at("today"), () => server.progress(opened.project_id), () => server.curve(opened.project_id));
const answering = new Answering({ outbox, history, today, answered, name: desk.name, address: desk.address });
const asides = new Asides({
  current: () => ways.now?.pointed ?? queue.current, alone: () => ways.now?.name === "single", refocus: () => document.activeElement?.blur(),
  server, outbox, history, viewer, address: desk.address, say, announce, tellOrigin,
});
for (const id of ["reasons", "passing"]) new Menu(at(id), at(`${id}-menu`), (name) => actions[name]());

// ---- answering: nothing here waits for anything ----

function answerAll(pairs) {
  const duration = (performance.now() - shownAt) / pairs.length;
  const words = pairs.map(([entry, fields]) => answering.give(entry, fields, duration, ways.now.name));
  queue.leave(new Set(pairs.map(([entry]) => entry.query.id)));
  shown = null;
  show();
  asides.answered();
  if (pairs.length === 1) afterFrame(() => buttons.confirm(pairs[0][1]));
  at("undo").disabled = false;
  const said = pairs.length === 1 ? words[0] : `${pairs.length} answers`;
  afterFrame(() => announce(queue.current ? `${said}. Next image: ${at("question").textContent}` : `${said}.`));
}

/** Takes an answer back and asks the same again. */
async function change(item) {
  if (!item.changeable) return;
  const coming = answering.takeBack(item);
  at("undo").disabled = !history.last;
  const entry = await coming;
  if (entry) {
    queue.insert(entry);
    show();
    // Where nothing was left to ask, nobody else would look for more.
    queue.fill();
    announce(`Taken back: ${item.word}. ${at("question").textContent}`);
  } else {
    say("That image cannot be loaded right now; your answer to it was taken back.");
    queue.fill({ renew: true });
  }
}

// ---- showing ----

/** Draws what the queue has in view, in the way that it is put. */
function show() {
  const entry = queue.current;
  const way = entry && ways.of(entry, show);
  if (!way) {
    ways.hide();
    asides.follow(null);
    buttons.enabled = false;
    // Mostly the next image is on its way: whoever knows better says so within a moment.
    if (!entry && reply.state === "open") reply = { state: "loading" };
    stand();
    return;
  }
  clearTimeout(waiting);
  waiting = 0;
  standing = "";
  at("standstill").hidden = true;
  document.querySelector(".ask").hidden = false;
  ways.show(way, queue.gather(way.takes(), (each) => ways.nameOf(each) === way.name, way.isBegun));
  write(at("question"), way.question(entry) || asked);
  buttons.enabled = true;
  const hint = way.name === "single" && swipeHint(buttons.classes);
  if (hint) say(hint);
  tellFacts(entry.query);
  asides.follow(entry);
  if (shown === entry.query.id) return;
  shown = entry.query.id;
  // Two frames later the image has been painted.
  requestAnimationFrame((now) => { shownAt = now; });
  shownAt = performance.now();
}

/** Says why there is no image, and asks again in due time. */
function stand() {
  if (queue.current && reply.state !== "rested") return;
  if (reply.state === "loading" || queue.length) return;
  buttons.enabled = false;
  document.querySelector(".ask").hidden = true;
  at("standstill").hidden = false;
  at("standstill").dataset.state = reply.state;
  const facts = { ...reply, kept: outbox.state.count, painted: queue.inView.length };
  standstills.draw(at("standstill"), facts, { progress: today.progress, curve: today.curve, signIn: at("signed-out").querySelector("a").href, home: server.address("/") });
  if (standing !== reply.state) {
    standing = reply.state;
    Promise.all([today.refresh(), standstills.isEnd(reply) && today.refreshCurve()]).then(() => !queue.current && stand());
  }
  askAgain();
}

/** Shows the first query in line where none is in view, and more where there is room for more. */
function advance() {
  if (!queue.current) queue.next();
  show();
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

queue.addEventListener("ready", () => {
  if (queue.current ? ways.now?.takes() > queue.inView.length : queue.length) advance();
});
queue.addEventListener("reply", ({ detail }) => {
  reply = detail;
  // Who is lent queries is signed in again: what was kept need not wait for its next try.
  if (outbox.state.name === "signed_out") outbox.flush();
  preferences.fit(detail.classes);
  buttons.classes = detail.classes;
  for (const name of new Set(detail.queries.map((query) => ways.nameOf({ query })))) ways.load(name).catch(() => {});
  if (queue.current) return;
  if (queue.length) advance();
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
  tellOut(detail.kind === "signed_out");
  if (queue.current || reply.state === "rested") return;
  reply = { state: detail.kind === "bad" ? "retrying" : detail.kind, retry_after_s: 3 };
  stand();
});
queue.addEventListener("broken", () => say("An image could not be loaded, so it was left out."));

// Many answers at once are followed once, but in this very frame: the page never says "saved" too long.
let following = false;
outbox.addEventListener("change", () => {
  if (!following) queueMicrotask(follow);
  following = true;
});
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
  queue.next();
  show();
});
outbox.addEventListener("elsewhere", ({ detail: { queryId } }) => {
  answered.add(queryId);
  if (queue.inView.some(({ query }) => query.id === queryId)) {
    queue.leave(new Set([queryId]));
    show();
  } else queue.forget(queryId);
});
outbox.addEventListener("unsafe", () => say("This browser keeps nothing: stay on this page until your answers are saved."));

/** Keeps the page in step with where the answers are. */
function follow() {
  following = false;
  tellState(outbox.state);
  history.markUnsent(outbox.ids);
  tellOut(outbox.state.name === "signed_out");
  if (outbox.state.name === "saved" && ["offline", "signed_out", "retrying"].includes(reply.state) && !queue.current) queue.fill({ renew: true });
  // Only now are there places for others among what one person may hold.
  else if (outbox.state.name === "saved" && ways.now?.takes() > queue.inView.length) queue.fill();
}

function tellOut(signedOut) {
  if (signedOut || outbox.state.name !== "signed_out") tellSignedOut(signedOut, outbox.state.count);
}

// ---- keys explained ----

function showHelp() {
  at("help-keys").replaceChildren(...helpRows(buttons.classes, keys, ways.now));
  at("help").showModal();
}

const ownKeys = new OwnKeys(at("own-keys"), preferences);
for (const button of document.querySelectorAll("[data-open=own-keys]")) button.addEventListener("click", () => ownKeys.open(buttons.classes));

/** Puts what the person prefers in force. */
function prefer() {
  ways.chosen = preferences.way ?? opened.settings.way;
  ways.load(ways.chosen).catch(() => {});
  keys.chosen = preferences.keys;
  buttons.classes = buttons.classes;
}
preferences.addEventListener("change", () => {
  prefer();
  if (queue.current) show();
});
preferences.addEventListener("refused", ({ detail }) => say(detail));
at("many").addEventListener("click", () => ways.load("grid").then(() => preferences.choose({ way: "grid" }), () => say("The grid cannot be loaded right now.")));

// ---- the person comes and goes ----

presence.addEventListener("active", () => {
  if (reply.state !== "rested") return;
  reply = { state: "loading" };
  if (queue.current) show();
  queue.fill({ renew: true });
});
presence.addEventListener("beat", () => {
  if (presence.here && queue.endsSoon) queue.fill({ renew: true });
  else if (presence.here && (queue.current || ["open", "loading"].includes(reply.state))) queue.fill();
  if (queue.dropExpired()) {
    reply = { state: "rested" };
    ways.hide();
    stand();
  }
});
presence.addEventListener("online", () => queue.fill({ renew: true }));
presence.addEventListener("seen", () => queue.fill({ renew: !queue.current }));
presence.addEventListener("left", () => {
  outbox.part();
  preferences.part();
  queue.release();
});
presence.addEventListener("revived", () => {
  ways.hide();
  queue.fill({ renew: true });
});

const PRESSED = {
  unrecognizable: "cannotTell", skip: "skip", undo: "undo", "open-remark": "remark", "open-help": "help",
  "zoom-in": "zoomIn", "zoom-out": "zoomOut", invert: "invert", contrast: "contrast", smooth: "smooth",
};
for (const [id, name] of Object.entries(PRESSED)) at(id).addEventListener("click", actions[name]);

// ---- begin ----

for (const queryId of outbox.queryIds) answered.add(queryId);
at("smooth").setAttribute("aria-pressed", viewer.smooth);
buttons.classes = opened.classes;
prefer();
buttons.enabled = false;
follow();
outbox.flush();
queue.fill();
today.refresh().then((progress) => {
  if (!progress) return;
  history.addOlder(progress.history.filter((each) => !each.undone).map((each) => pastItem(each, desk.name)));
  at("undo").disabled = !history.last;
  asides.why.offered = history.newest !== null;
});
