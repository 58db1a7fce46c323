// Decide disputes by key or click: one request each, the next dispute at once, and a way back.

const list = document.querySelector("[data-disputes]");
const articles = () => [...list.querySelectorAll("[data-query]")];
const current = () => list.querySelector("[aria-current]");
const busy = new Set();
let last = null;

const say = (sentence, { bad = false } = {}) => {
  const problem = document.querySelector("[data-problem]");
  problem.hidden = !bad;
  problem.textContent = bad ? sentence : "";
  document.querySelector("[data-said]").textContent = bad ? "" : sentence;
};

const choose = (article) => {
  if (!article) return;
  current()?.removeAttribute("aria-current");
  article.setAttribute("aria-current", "true");
  article.focus({ preventScroll: true });
  article.scrollIntoView({ block: "nearest" });
};

const beside = (article, step) => articles()[articles().indexOf(article) + step];
const open = () => articles().filter((article) => !article.classList.contains("done"));

const nextAfter = (article) => {
  const place = articles().indexOf(article);
  choose(open().find((each) => articles().indexOf(each) > place) ?? open()[0] ?? article);
};

const send = async (article, path, options) => {
  if (busy.has(article)) return false;
  busy.add(article);
  try {
    const response = await fetch(`${list.dataset.api}/${article.dataset.query}/${path}`, {
      ...options,
      headers: { "Content-Type": "application/json" },
    });
    if (response.ok) return true;
    const found = await response.json().catch(() => ({}));
    say(typeof found.detail === "string" ? found.detail : "That did not work. Load the page again, then try once more.", { bad: true });
  } catch {
    say("The server cannot be reached. Check your connection, then try again.", { bad: true });
  } finally {
    busy.delete(article);
  }
  return false;
};

const done = (article, words, { final = false } = {}) => {
  article.classList.add("done");
  const told = article.querySelector("[data-decided]");
  told.hidden = false;
  told.querySelector("span").textContent = words;
  told.querySelector("[data-back]").hidden = final;
  last = final ? last : article;
  say(`${article.getAttribute("aria-label")}: ${words}`);
  nextAfter(article);
};

const decide = async (article, decision, words) => {
  if (await send(article, "decision", { method: "PUT", body: JSON.stringify(decision) })) done(article, words);
};

const takeBack = async (article) => {
  if (!article || !(await send(article, "decision", { method: "DELETE" }))) return;
  article.classList.remove("done");
  article.querySelector("[data-decided]").hidden = true;
  last = null;
  say(`${article.getAttribute("aria-label")}: taken back`);
  choose(article);
};

const another = async (article) => {
  if (await send(article, "ask-another", { method: "POST" })) done(article, "Somebody else is asked.", { final: true });
};

const press = (button) => {
  const article = button.closest("[data-query]");
  const name = button.firstChild.textContent.trim();
  if ("back" in button.dataset) takeBack(article);
  else if ("another" in button.dataset) another(article);
  else if ("unrecognizable" in button.dataset) decide(article, { answer: "unrecognizable" }, "You decided: nobody can tell.");
  else decide(article, { answer: "class", class: Number(button.dataset.class) }, `You decided: ${name}.`);
};

const move = { ArrowDown: 1, ArrowUp: -1 };

const key = (event) => {
  if (event.metaKey || event.ctrlKey || event.altKey || event.target.closest("input, select, textarea")) return;
  if (event.key in move) {
    event.preventDefault();
    choose(beside(current(), move[event.key]));
  } else if (event.key.toLowerCase() === "z") {
    takeBack(last);
  } else if (current() && !current().classList.contains("done")) {
    const wanted = event.key.toLowerCase();
    const button = [...current().querySelectorAll("[data-key]")].find((each) => each.dataset.key.toLowerCase() === wanted);
    if (button && !button.disabled) press(button);
  }
};

if (list) {
  document.addEventListener("keydown", key);
  list.addEventListener("click", (event) => {
    const article = event.target.closest("[data-query]");
    const button = event.target.closest("button");
    if (button) press(button);
    else choose(article);
  });
  choose(articles()[0]);
}
