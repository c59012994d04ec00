// Cards that load piece by piece: the next ones after a button, what is below a record of a tree.
import { announce, one, word } from "./dom.js";
import { toast } from "./toast.js";

/** Return a part of a page as a fragment; the same server and templates made it, it is escaped there. */
export async function fetchPart(url, options = {}) {
  const answer = await fetch(url, { ...options, headers: { "HX-Request": "true", ...options.headers } });
  const box = document.createElement("template");
  if (answer.status !== 204) box.innerHTML = await answer.text();
  return { answer, part: box.content };
}

async function load(url) {
  try {
    const { answer, part } = await fetchPart(url);
    if (answer.ok) return part;
    toast(word("The server could not answer. Try again in a moment."));
  } catch {
    toast(word("No connection to the server."));
  }
  return null;
}

async function more(button) {
  if (button.ariaBusy === "true") return;
  button.ariaBusy = "true";
  const part = await load(button.dataset.more);
  button.ariaBusy = "false";
  if (!part) return;
  const cards = button.closest("ul[data-cards]") || one("[data-cards]", button.parentElement);
  const next = one(".more-cards", part);
  const first = part.firstElementChild;
  if (cards.contains(button)) button.closest("li").replaceWith(part);
  else {
    if (next) button.replaceWith(next);
    else button.remove();
    cards.append(part);
  }
  one("a, button", first)?.focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("tenon:cards"));
  announce(word("More is shown."));
}

async function fold(button) {
  const below = document.getElementById(button.getAttribute("aria-controls"));
  const isOpen = button.getAttribute("aria-expanded") === "true";
  if (!isOpen && !below.childElementCount) {
    const part = await load(button.dataset.below);
    if (!part) return;
    below.append(part);
  }
  button.setAttribute("aria-expanded", String(!isOpen));
  below.hidden = isOpen;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-more]");
  if (button && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    more(button);
  }
  const folded = event.target.closest("[data-below]");
  if (folded) fold(folded);
});
