// Key caps and titles of everything that a key does as well: each tells the key as it is now.

export const drawCaps = (keys) => {
  for (const button of document.querySelectorAll("[data-command]")) {
    const key = keys.command(button.dataset.command);
    const cap = button.querySelector("kbd");
    if (cap) {
      cap.textContent = key;
      cap.hidden = !key;
    } else if (button.title) {
      const name = button.getAttribute("aria-label");
      button.title = key ? `${name} (${key})` : name;
    }
  }
};
