// Ticked rows of a list: a bar counts them; the boxes belong to the form in the dialog that acts on them.
import { afterSwap, all, announce, one } from "./dom.js";

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
  (boxes().find((box) => box.checked) || one("[data-tick-all]")).focus({ preventScroll: true });
  tick(false);
  tellCount();
});
afterSwap("#results, [data-tick-all]", () => tick(false));
addEventListener("pageshow", show);
