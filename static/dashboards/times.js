// Times in the reader's own zone and clock, and spans that go on counting.

const units = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];

const span = (seconds) => {
  const [size, unit] = units.find(([size]) => seconds >= size) ?? [1, "s"];
  return `${Math.max(0, Math.floor(seconds / size))} ${unit}`;
};

const count = () => {
  for (const time of document.querySelectorAll("time[data-since]")) {
    const text = span((Date.now() - new Date(time.dateTime)) / 1000);
    time.textContent = "ago" in time.dataset ? `${text} ago` : `for ${text}`;
  }
};

export const showTimes = (root = document) => {
  for (const time of root.querySelectorAll("time[data-local]")) {
    const at = new Date(time.dateTime);
    const today = at.toDateString() === new Date().toDateString();
    const short = today ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" };
    time.textContent = at.toLocaleString([], short);
  }
  count();
};

setInterval(count, 1000);
