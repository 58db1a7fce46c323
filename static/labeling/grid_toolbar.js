// The row below the grid: how many at a time, how far it is painted, and the button that sends.

/** So many a person may see at a time. */
export const SIZES = [10, 20, 30, 50];

const element = (tag, properties, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

/** `send()` sends what is painted, `leave()` goes back to one image at a time. */
export const toolbar = (desk, { send, leave }) => {
  const sizes = element("select", {}, ...SIZES.map((size) => new Option(`${size} at a time`, size)));
  sizes.setAttribute("aria-label", "Images at a time");
  sizes.addEventListener("change", () => {
    desk.preferences.choose({ gridSize: Number(sizes.value) });
    sizes.blur();
  });
  const one = element("button", { type: "button", className: "button quiet small", textContent: "One at a time" });
  one.addEventListener("click", leave);
  const told = element("span", {});
  const legend = element("span", { className: "legend", textContent: "imagined" });
  const cap = element("kbd", { textContent: "Enter" });
  const word = element("span", {});
  const button = element("button", { type: "button", className: "button primary send" }, cap, word);
  button.addEventListener("click", send);
  // Space and Enter go on meaning what they mean.
  button.addEventListener("mousedown", (event) => event.preventDefault());
  return {
    element: element("div", { className: "grid-bar" }, element("div", { className: "row" }, sizes, one), element("p", { className: "muted small told" }, told, legend), button),
    draw({ painted, count, word: brush, imagined }) {
      legend.hidden = !imagined;
      sizes.value = desk.preferences.gridSize;
      told.textContent = `Painting ${brush} · ${painted} of ${count} painted`;
      word.textContent = painted ? `Send ${painted}` : "Send";
      button.setAttribute("aria-disabled", String(!painted));
    },
  };
};
