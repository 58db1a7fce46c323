// Parts of a page that the server renders anew after a change, so that markup has one source.
// What somebody typed elsewhere in the part, what is open and where the focus was all stay.

export const refresh = async (ids, saved) => {
  const answer = await fetch(location.pathname + location.search);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of ids) {
    const before = document.getElementById(id);
    const after = page.getElementById(id);
    if (before && after) replace(before, document.adoptNode(after), saved);
  }
  document.dispatchEvent(new CustomEvent("parts-refreshed"));
};

const replace = (before, after, saved) => {
  const focused = before.contains(document.activeElement) ? document.activeElement.id : "";
  for (const field of before.querySelectorAll("input[id], textarea[id]")) keepTyped(field, after, saved);
  const open = [...before.querySelectorAll("details")].map((each) => each.open);
  after.querySelectorAll("details").forEach((each, index) => (each.open = open[index] ?? false));
  before.replaceWith(after);
  localTimes(after);
  if (focused) document.getElementById(focused)?.focus();
};

const keepTyped = (field, after, saved) => {
  if (saved?.contains(field) || field.value === field.defaultValue) return;
  const twin = after.querySelector(`#${CSS.escape(field.id)}`);
  if (twin && twin.type === field.type) twin.value = field.value;
};

const localTimes = (part) => {
  for (const time of part.querySelectorAll("time[data-local]")) {
    const at = new Date(time.dateTime);
    time.textContent = at.toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
  }
};
