// Forms that call the REST API: they say what became of it in place, and refresh what changed.

import { call } from "./api.js";
import { bodyOf, showCall, valueOf } from "./fields.js";
import { refresh } from "./parts.js";

export const tell = (form, text, tone = "") => {
  const place = form?.querySelector("[data-outcome]");
  if (!place) return;
  place.textContent = text;
  place.className = `outcome small ${tone}`;
};

const sameForm = (form) =>
  form.id ? `#${CSS.escape(form.id)}` : `form[data-api="${form.dataset.api}"][data-method="${form.dataset.method}"]`;

export const send = async (form, { method, address, body }) => {
  if (form.dataset.busy) return;
  form.dataset.busy = "true";
  tell(form, "Saving…", "muted");
  try {
    const answer = await call(method, address, body);
    await refresh((form.dataset.refresh ?? "").split(" ").filter(Boolean), form);
    const now = form.isConnected ? form : document.querySelector(sameForm(form));
    if (method === "POST") now?.reset();
    tell(now, method === "DELETE" ? "" : "Saved.", "good");
    return answer;
  } catch (problem) {
    tell(form, problem.message, "bad");
  } finally {
    delete form.dataset.busy;
  }
};

// A button with a name changes that one field; other buttons send the whole form.
const request = (form, button) => {
  const method = button?.dataset.method ?? form.dataset.method;
  const address = button?.dataset.api ?? form.dataset.api;
  const bare = method === "DELETE" || Boolean(button?.dataset.api);
  const body = button?.name ? { [button.name]: valueOf(button) } : bodyOf(form);
  return { method, address, body: bare ? undefined : body };
};

const isOurs = (form) => form?.matches("form[data-refresh]");

document.addEventListener("submit", (event) => {
  if (!isOurs(event.target)) return;
  const refused = event.defaultPrevented; // by a question that was answered with no
  event.preventDefault();
  if (!refused) send(event.target, request(event.target, event.submitter));
});

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (!isOurs(form) || !("saveOnChange" in form.dataset)) return;
  if (!event.target.reportValidity()) return;
  const { method, api } = form.dataset;
  send(form, { method, address: api, body: { [event.target.name]: valueOf(event.target) } });
});

// Enter in a row that saves by itself saves it; it does not press the row's first button.
document.addEventListener("keydown", (event) => {
  const form = event.target.form;
  if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
  if (!isOurs(form) || !("saveOnChange" in form.dataset)) return;
  event.preventDefault();
  event.target.blur();
});

document.addEventListener("focusin", (event) => {
  if (event.target.matches("input.key")) event.target.select();
});

const consider = async (form) => {
  const place = form.querySelector("[data-consequence]");
  try {
    place.textContent = (await call("POST", form.dataset.check, bodyOf(form))).consequence;
    place.classList.remove("bad");
  } catch (problem) {
    place.textContent = problem.message;
    place.classList.add("bad");
  }
};

let waiting = 0;
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!isOurs(form)) return;
  tell(form, "");
  if (form.dataset.rest) showCall(form.dataset.rest, bodyOf(form));
  if (!form.dataset.check) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => consider(form), 200);
});
