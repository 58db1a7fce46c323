// Answers as they are given and taken back: into the outbox, onto the strip, into the counts. Nothing here
// waits for anything. Knows nothing of how a query is put, or of what is shown next.

import { newId } from "./outbox.js";
import { addressesOf, decoded } from "./queue.js";

const LONGEST_ANSWER_MS = 600_000;
const REFUSALS = { none_of_these: "none of these", cannot_tell: "can’t tell", in_between: "in between" };

/** How the page calls an answer. */
export const wordOf = ({ answer, class: classId, refusal, for_good: forGood, marks }, name) => {
  if (answer === "class") return name(classId);
  if (answer === "unrecognizable") return REFUSALS[refusal] ?? "can’t tell";
  if (answer === "walk") return marks ? `${marks.last + 1} | ${marks.first + 1}` : "walk";
  if (answer === "pair") return marks ? (marks.more ? "right one" : "left one") : "pair";
  return forGood ? "never again" : "skipped";
};

/** The image that stands for an answer: the one that was chosen, or where the second class begins. */
const pictureOf = (query, { marks }) => addressesOf(query)[marks?.first ?? marks?.more ?? 0];

export class Answering {
  #parts;

  /** `answered` holds the queries answered in this visit; `name(classId)` names a class. */
  constructor(parts) {
    this.#parts = parts;
  }

  /** Gives an answer in the way that is in view, and returns how the page calls it. */
  give(entry, fields, duration, way) {
    const { answered, outbox, history, today, name } = this.#parts;
    const { query } = entry;
    const body = { id: newId(), query_id: query.id, way, ...fields, duration_ms: Math.min(LONGEST_ANSWER_MS, Math.round(duration)) };
    const word = wordOf(body, name);
    answered.add(query.id);
    outbox.add(body);
    history.add({
      id: body.id, queryId: query.id, imageUrl: entry.shownUrl ?? pictureOf(query, body), kind: body.answer, word, entry, unsent: true, changeable: true,
    });
    today.add(body.answer, 1);
    return word;
  }

  /** Takes an answer back; returns the query to ask again, or null if its image cannot be shown. */
  async takeBack(item) {
    const { answered, outbox, history, today, address } = this.#parts;
    item.changeable = false;
    outbox.undo(item.id);
    history.remove(item.id);
    today.add(item.kind, -1);
    answered.delete(item.queryId);
    const query = item.entry?.query ?? item.query;
    try {
      const images = item.entry?.images ?? (await Promise.all(addressesOf(query).map((each) => decoded(address(each)))));
      for (const image of images) image.dataset.query = query.id;
      return { query: { ...query, expires_at: null }, image: images[0], images, alone: true };
    } catch {
      return null;
    }
  }
}

/** What the server tells of an earlier visit, as the strip shows it. */
export const pastItem = (each, name) => ({
  id: each.id, queryId: each.query_id, imageUrl: pictureOf(each, each), kind: each.answer,
  query: { id: each.query_id, image_url: each.image_url, origin: each.origin, round: null, way: each.way, about: each.about, image_urls: each.image_urls },
  word: each.class_name ?? wordOf({ answer: each.answer, refusal: each.refusal, marks: each.marks, for_good: each.marks?.for_good }, name),
  unsent: false, changeable: each.changeable,
});
