// Buttons that change something: start, pause, finish, cancel, retry. Errors are shown in words.

import { refresh } from "./parts.js";

const problem = (sentence) => {
  const place = document.querySelector("[data-problem]");
  place.replaceChildren();
  if (!sentence) return;
  const notice = Object.assign(document.createElement("p"), { className: "notice bad", textContent: sentence });
  place.append(notice);
  notice.scrollIntoView({ block: "nearest" });
};

const sentenceOf = async (response) => {
  const found = await response.json().catch(() => ({}));
  return typeof found.detail === "string" ? found.detail : "That did not work. Load the page again, then try once more.";
};

const press = async (button) => {
  if (button.dataset.ask && !window.confirm(button.dataset.ask)) return;
  button.disabled = true;
  try {
    const response = await fetch(button.dataset.post, { method: "POST" });
    problem(response.ok ? "" : await sentenceOf(response));
    await refresh();
  } catch {
    problem("The server cannot be reached. Check your connection, then try again.");
  } finally {
    button.disabled = false;
  }
};

export const startActions = () => {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-post]");
    if (button) press(button);
  });
};
