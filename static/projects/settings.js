// The settings page: forms that save in place, the loop's settings, and where in the page one is.

import "./forms.js";
import { begin } from "./loop.js";

begin();

const links = new Map(
  [...document.querySelectorAll(".settings-nav a")].map((link) => [link.hash.slice(1), link]),
);

const mark = (id) => {
  for (const [name, link] of links) {
    if (name !== id) link.removeAttribute("aria-current");
    else if (!link.hasAttribute("aria-current")) {
      link.setAttribute("aria-current", "true");
      link.parentElement.scrollLeft = link.offsetLeft - link.parentElement.clientWidth / 2 + link.offsetWidth / 2;
    }
  }
};

// The last section whose head has passed the upper third of the window is the one being read.
const follow = () => {
  const line = innerHeight / 3;
  const passed = [...links.keys()].filter((id) => document.getElementById(id).getBoundingClientRect().top < line);
  const atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
  mark(atEnd ? [...links.keys()].at(-1) : (passed.at(-1) ?? "about"));
};

let asked = false;
addEventListener("scroll", () => {
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => {
    asked = false;
    follow();
  });
}, { passive: true });
follow();
