// A lead says of a remark that it was looked at, or takes that back: one request each, in place.

const list = document.querySelector("[data-remarks]");

const say = (sentence, { bad = false } = {}) => {
  const problem = document.querySelector("[data-problem]");
  problem.hidden = !bad;
  problem.textContent = bad ? sentence : "";
  document.querySelector("[data-said]").textContent = bad ? "" : sentence;
};

const send = async (id, method) => {
  try {
    const response = await fetch(`${list.dataset.api}/${id}/resolution`, { method });
    if (response.ok) return true;
    const found = await response.json().catch(() => ({}));
    say(typeof found.detail === "string" ? found.detail : "That did not work. Load the page again, then try once more.", { bad: true });
  } catch {
    say("The server cannot be reached. Check your connection, then try again.", { bad: true });
  }
  return false;
};

list?.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button || button.disabled) return;
  const remark = button.closest("[data-remark]");
  const resolved = !remark.classList.contains("resolved");
  button.disabled = true;
  if (await send(remark.dataset.remark, resolved ? "PUT" : "DELETE")) {
    remark.classList.toggle("resolved", resolved);
    say(resolved ? "Looked at." : "It waits again.");
  }
  button.disabled = false;
  button.focus();
});
