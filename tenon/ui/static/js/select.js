// Ticked rows of a list: a bar counts them; the boxes belong to the form in the dialog that acts on them.
import { afterSwap, all, announce, isTyping, one } from "./dom.js";

const boxes = () => all("[data-tick]");

function show() {
  const bar = one("#bulk-bar");
  if (!bar) return;
  const count = boxes().filter((box) => box.checked).length;
  bar.hidden = count === 0;
  one("[data-tick-count]", bar).textContent = String(count);
  const every = one("[data-tick-all]");
  every.checked = count > 0 && count === boxes().length;
  every.indeterminate = count > 0 && !every.checked;
}

function tick(isTicked) {
  for (const box of boxes()) box.checked = isTicked;
  show();
}

/** Say how many rows are ticked. */
function tellCount() {
  announce(one("[data-tick-count]")?.parentElement.textContent.trim() ?? "");
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-tick-all]")) tick(event.target.checked);
  else if (event.target.matches("[data-tick]")) show();
  else return;
  tellCount();
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-tick-none]")) return;
  // The button goes with its bar; what is ticked is always in sight, the box for all rows is not.
  if (one("#bulk-bar").contains(document.activeElement)) (boxes().find((box) => box.checked) || one("[data-tick-all]")).focus({ preventScroll: true });
  tick(false);
  tellCount();
});
// Before what is open hears of it: a menu, a record at a glance and a dialog are closed first.
document.addEventListener("keydown", (event) => {
  const bar = one("#bulk-bar");
  const isTicking = event.target.matches?.("[data-tick], [data-tick-all]");
  if (event.key !== "Escape" || !bar || bar.hidden || (isTyping(event.target) && !isTicking) || one("dialog[open], details.pop[open]")) return;
  one("[data-tick-none]", bar).click();
}, true);
afterSwap("#results, [data-tick-all]", () => tick(false));
addEventListener("pageshow", show);
