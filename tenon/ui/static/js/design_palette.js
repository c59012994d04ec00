// The palette of a designer: looking for something in it, and what each thing is for.
import { all, one } from "./dom.js";

const fold = (text) => text.normalize("NFKC").toLowerCase().trim();

/** What is looked for now, and where the palette stands. */
export function looked() {
  const search = one("#palette-search");
  return { text: search?.value || "", isFocused: search === document.activeElement, at: one("#design-palette").scrollTop };
}

/** Look for the same again in a palette that was just drawn. */
export function findAgain({ text, isFocused, at }) {
  const search = one("#palette-search");
  if (search && text) {
    search.value = text;
    find(text);
  }
  if (isFocused) search?.focus();
  one("#design-palette").scrollTop = at;
}

function find(text) {
  const wanted = fold(text);
  let count = 0;
  for (const group of all("#design-palette .palette-group")) {
    const isWhole = fold(one("h2", group).textContent).includes(wanted);
    let shown = 0;
    for (const item of all("[data-value]", group)) {
      item.hidden = !(isWhole || fold(`${item.textContent} ${item.dataset.help || ""} ${item.dataset.value}`).includes(wanted));
      shown += item.hidden ? 0 : 1;
    }
    group.hidden = !shown;
    count += shown;
  }
  one("#design-palette .palette-none").hidden = count > 0;
}

document.addEventListener("input", (event) => {
  if (event.target.id === "palette-search") find(event.target.value);
});
document.addEventListener("keydown", (event) => {
  if (event.target.id !== "palette-search") return;
  const first = all("#design-palette [data-value]").find((each) => !each.hidden && !each.closest("[hidden]"));
  if (event.key === "Enter" || event.key === "ArrowDown") {
    event.preventDefault();
    if (event.key === "Enter") first?.click();
    else first?.focus();
  }
});

/** Say below the palette what the thing under the mouse or the focus is for. */
function explain(event) {
  const place = one("#palette-help");
  if (!place) return;
  const item = event.target.closest?.("#design-palette [data-help]");
  place.hidden = !item;
  const name = document.createElement("strong");
  name.textContent = item ? item.textContent.trim() : "";
  place.replaceChildren(name, ` ${item ? item.dataset.help : ""}`);
}
document.addEventListener("mouseover", explain);
document.addEventListener("focusin", explain);
