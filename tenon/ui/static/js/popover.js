// Popovers are <details>: one open at a time, closed by Escape, by a click outside and when the focus goes on; arrows walk a menu.
import { all, one } from "./dom.js";

document.addEventListener("click", (event) => {
  for (const box of all("details.pop[open]")) if (!box.contains(event.target)) box.open = false;
});

// Tab leads out of it: what it lay over is there again, so nothing hides what has the focus now.
addEventListener("keyup", (event) => {
  if (event.key !== "Tab" || event.target.closest("dialog")) return;
  for (const box of all("details.pop[open]")) if (!box.contains(event.target)) box.open = false;
});

document.addEventListener("keydown", (event) => {
  const box = event.target.closest?.("details.pop[open]") || one("details.pop[open]");
  if (!box) return;
  if (event.key === "Escape") {
    box.open = false;
    one("summary", box).focus();
    return;
  }
  const menu = one(".menu", box);
  if (!menu || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
  event.preventDefault();
  const items = all(".menu-item", menu);
  const step = event.key === "ArrowDown" ? 1 : items.length - 1;
  const now = items.indexOf(document.activeElement);
  items[now < 0 ? (step === 1 ? 0 : items.length - 1) : (now + step) % items.length]?.focus();
});

// A box that would reach over the right edge of the window opens to the left; one that would still reach over an edge moves in.
const EDGE = 8;
document.addEventListener("toggle", (event) => {
  const box = event.target.matches?.("details.pop") && one(".popbox", event.target);
  if (!box) return;
  box.classList.remove("flip");
  box.style.removeProperty("translate");
  if (!event.target.open) return;
  box.classList.toggle("flip", box.getBoundingClientRect().right > innerWidth);
  const { left, right } = box.getBoundingClientRect();
  const by = left < EDGE ? EDGE - left : Math.min(innerWidth - EDGE - right, 0);
  if (by && getComputedStyle(box).position !== "fixed") box.style.translate = `${by}px`;
}, true);
