// The page is rendered on the server only: this asks for it again and swaps the parts that changed.

const seen = new Map();
const listeners = [];

const parts = (root) => root.querySelectorAll("[data-part]");
const key = (element) => element.dataset.part;

export const remember = () => {
  for (const part of parts(document)) seen.set(key(part), part.innerHTML);
};

export const onSwap = (listener) => listeners.push(listener);

// What had the focus has it again, found by its id, address or place among the focusable.
const keepFocus = (part, swap) => {
  const inside = part.contains(document.activeElement) && document.activeElement !== part;
  const focusable = () => [...part.querySelectorAll("a, button, select, input")];
  const place = inside ? focusable().indexOf(document.activeElement) : -1;
  swap();
  if (inside) focusable()[place]?.focus({ preventScroll: true });
};

export const fetchPage = async (address) => {
  const response = await fetch(address, { headers: { Accept: "text/html" } });
  if (response.redirected && new URL(response.url).pathname.endsWith("/sign-in")) location.assign(response.url);
  if (!response.ok) throw new Error(`${response.status}`);
  return new DOMParser().parseFromString(await response.text(), "text/html");
};

export const refresh = async (address = location.href) => {
  const page = await fetchPage(address);
  for (const fresh of parts(page)) {
    const part = document.querySelector(`[data-part="${key(fresh)}"]`);
    if (!part || (seen.get(key(fresh)) === fresh.innerHTML && part.getAttribute("aria-busy") !== "true")) continue;
    seen.set(key(fresh), fresh.innerHTML);
    keepFocus(part, () => part.replaceChildren(...fresh.childNodes));
    for (const name of ["aria-labelledby"]) if (fresh.hasAttribute(name)) part.setAttribute(name, fresh.getAttribute(name));
    part.removeAttribute("aria-busy");
    for (const listener of listeners) listener(part);
  }
};
