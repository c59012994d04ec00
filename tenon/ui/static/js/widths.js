// Widths of columns: dragged at the edge of a heading, or with the arrows on it; kept in the address. Frozen columns get their place.
import { all, one } from "./dom.js";
import { go } from "./address.js";

const STEP = 16;
const col = (name) => one(`.sheet col[data-col="${CSS.escape(name)}"]`);
const widthOf = (name) => Number(col(name).getAttribute("width"));

function set(name, width) {
  const table = one(".sheet");
  const wanted = Math.round(Math.min(Math.max(width, 40), 1200));
  table.setAttribute("width", Number(table.getAttribute("width")) + wanted - widthOf(name));
  col(name).setAttribute("width", wanted);
  one(`th[data-column="${CSS.escape(name)}"] .resizer`).setAttribute("aria-valuenow", wanted);
  place();
}

/** Write every column with its width into the address. */
function keep() {
  const heads = all(".sheet thead [data-column]");
  const columns = heads.map((head) => {
    const { column } = head.dataset;
    const frozen = head.matches(".frozen") && heads.indexOf(head) > 0 ? ":frozen" : "";
    return `${column}:${widthOf(column)}${frozen}`;
  });
  go((params) => {
    params.delete("columns");
    for (const each of columns) params.append("columns", each);
  });
}

document.addEventListener("pointerdown", (event) => {
  const handle = event.target.closest(".resizer");
  if (!handle) return;
  event.preventDefault();
  const name = handle.closest("[data-column]").dataset.column;
  for (const head of all(".sheet thead [data-column]")) col(head.dataset.column).setAttribute("width", Math.round(head.getBoundingClientRect().width));
  one(".sheet").setAttribute("width", Math.round(one(".sheet").getBoundingClientRect().width));
  const [start, before] = [event.clientX, widthOf(name)];
  handle.setPointerCapture(event.pointerId);
  const move = (each) => set(name, before + each.clientX - start);
  handle.addEventListener("pointermove", move);
  handle.addEventListener("pointerup", () => {
    handle.removeEventListener("pointermove", move);
    keep();
  }, { once: true });
});

let timer = 0;
document.addEventListener("keydown", (event) => {
  // Alt and an arrow on a heading make its column wider or narrower.
  const head = event.target.closest?.(".sheet thead [data-column]");
  const step = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
  if (!head || !step || !event.altKey) return;
  event.preventDefault();
  set(head.dataset.column, widthOf(head.dataset.column) + step);
  clearTimeout(timer);
  timer = setTimeout(keep, 500);
});

/** Put frozen columns side by side at the left. */
function place() {
  const table = one(".sheet");
  if (!table || !all(".frozen", one("thead", table)).length) return;
  let left = one("thead .tick", table) ? 44 : 0;
  const sheet = [];
  all("thead tr > *", table).forEach((head, index) => {
    if (!head.matches(".frozen")) return;
    sheet.push(`.sheet tr > .frozen:nth-child(${index + 1}) { left: ${left}px; }`);
    left += widthOf(head.dataset.column);
  });
  const rules = new CSSStyleSheet();
  rules.replaceSync(`@media (min-width: 821px) { ${sheet.join("\n")} }`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets.filter((each) => !each.isFrozen), Object.assign(rules, { isFrozen: true })];
}
document.addEventListener("htmx:after:swap", place);
place();
