// What the page says when there is no image to show: which standstill it is, what happens next, and
// what the person's answers did. Words only; nothing here decides anything.

import { drawCurve, percent } from "./curve.js";

const WORK = {
  import_pool: "The images are being read in",
  learn_features: "The machine is learning to see these images",
  train_generator: "The machine is learning to imagine images like these",
  fit_and_pose: "The machine is learning from the answers and choosing what to ask next",
};

/** Returns {title, lead, share, again} for a reply of the server, or for a trouble of the page's own. */
export const describe = (reply) => (WORDS[reply.state] ?? WORDS.being_prepared)(reply);

const WORDS = {
  loading: () => ({ title: "", lead: "" }),
  finished: ({ notice, own }) => ({
    title: "This project is finished",
    lead: (notice || "Nobody is asked any more.") + (own ? " You can still change your last answers below." : ""),
    celebrate: true,
  }),
  paused: ({ notice }) => ({
    title: "Paused by the project’s lead",
    lead: `${sentence(notice)}All your answers are safe. This page goes on by itself when the project does.`,
  }),
  budget_spent: ({ notice }) => ({
    title: "The budget is spent",
    lead: `${sentence(notice)}All answers that were planned are given. This page goes on by itself if the budget is raised.`,
    celebrate: true,
  }),
  daily_cap: () => ({
    title: "That is all for today",
    lead: "You have given as many answers as this project asks of anybody in a day. It goes on with you tomorrow, from midnight UTC.",
    celebrate: true,
  }),
  all_lent: ({ retry_after_s: seconds }) => ({
    title: "Others hold all that is left",
    lead: `The next image may come free ${inAbout(seconds)}. This page asks by itself.`,
  }),
  being_prepared: ({ notice, preparing }) => ({
    title: "The next images are being prepared",
    lead: notice || (preparing ? `${WORK[preparing.kind] ?? "The machine is at work"}${preparing.share === null ? "; it is next in line." : "."}` : "The machine will choose what to ask next in a moment."),
    share: notice ? undefined : preparing?.share,
    quick: true,
  }),
  nothing_left_for_you: () => ({
    title: "You have answered all there is",
    lead: "The rest needs other people’s answers first. New images appear here by themselves.",
    celebrate: true,
  }),
  offline: ({ kept }) => ({
    title: "You are offline",
    lead: `${keptInWords(kept)}This page goes on by itself when the network is back.`,
  }),
  retrying: ({ kept }) => ({
    title: "The server has trouble",
    lead: `${keptInWords(kept)}This page tries again by itself.`,
  }),
  signed_out: ({ kept }) => ({
    title: "You are signed out",
    lead: `${keptInWords(kept)}Sign in again to go on.`,
    signIn: true,
  }),
  gone: () => ({
    title: "This project is not open to you any more",
    lead: "Ask its lead, or choose another project.",
    leave: true,
  }),
  broken: () => ({
    title: "The images cannot be loaded",
    lead: "Their files may be gone from the server. Tell the project’s lead; this page tries again by itself.",
  }),
  rested: ({ painted }) => ({
    title: "Welcome back",
    lead: `You were away for a while, so your images went to others${painted ? ", save those that you painted" : ""}. Press any key to go on.`,
  }),
};

const sentence = (notice) => (notice ? `${notice} ` : "");

export const keptInWords = (count) => {
  if (!count) return "";
  return count === 1 ? "1 answer is kept in this browser. " : `${count} answers are kept in this browser. `;
};

export const inAbout = (seconds) => {
  if (!seconds || seconds <= 10) return "in a few seconds";
  if (seconds < 90) return `in about ${Math.round(seconds / 10) * 10} s`;
  return `in about ${Math.round(seconds / 60)} min`;
};

/** Whether a standstill ends some work, so that what it brought is shown. */
export const isEnd = (reply) => Boolean(describe(reply).celebrate);

/** Draws a standstill; `progress` and `curve` may be null, `signIn` and `home` are addresses. */
export const draw = (section, reply, { progress, curve, signIn, home }) => {
  const { title, lead, share, celebrate, signIn: asksToSignIn, leave } = describe({ ...reply, own: progress?.answers_total });
  const thanks = celebrate && progress?.answers_total ? "Thank you. " : "";
  const parts = [element("h2", title), element("p", thanks + lead, "lead")];
  if (typeof share === "number") parts.push(bar(share), element("p", `${Math.round(share * 100)} %`, "muted small"));
  if (celebrate && progress?.answers_total) parts.push(tally(progress), ...broughtBy(curve));
  if (asksToSignIn) parts.push(link(signIn, "Sign in again", "button primary large"));
  if (leave || reply.state === "finished") parts.push(link(home, "Your projects", "button"));
  section.replaceChildren(...parts);
};

const tally = (progress) => {
  const row = element("div", "", "tally");
  const own = progress.answers_total;
  row.append(figure(own.toLocaleString(), own === 1 ? "answer by you" : "answers by you"));
  if (progress.median_seconds !== null) row.append(figure(`${progress.median_seconds.toFixed(1)} s`, "per answer, typically"));
  if (progress.curve) row.append(figure(`${percent(progress.curve.before)} → ${percent(progress.curve.after)}`, "accuracy since you began"));
  return row;
};

/** The learning curve, or when there will be one. */
const broughtBy = (curve) => {
  if (!curve) return [];
  return [drawCurve(curve) ?? element("p", "What the answers bring shows here once the machine has learned from them.", "muted small")];
};

const figure = (value, word) => {
  const box = document.createElement("div");
  box.append(element("b", value), element("span", word));
  return box;
};

const bar = (share) => {
  const progress = document.createElement("progress");
  progress.max = 1;
  progress.value = share;
  progress.setAttribute("aria-label", "Share done");
  return progress;
};

const link = (address, words, name) => {
  const row = element("div", "", "row");
  row.append(Object.assign(element("a", words, name), { href: address }));
  return row;
};

const element = (tag, words, name = "") => Object.assign(document.createElement(tag), { textContent: words, className: name });
