// The canvas of a view: widths of columns, dragged at the edge of a heading; places of bars, which only a script may give.
import { all, one } from "./dom.js";

const [LEAST, MOST] = [40, 1200];
const widths = new CSSStyleSheet();
document.adoptedStyleSheets = [...document.adoptedStyleSheets, widths];
const rule = (id, width) => `@layer components { .view-column[data-item="${CSS.escape(id)}"] { width: ${width}px; } }`;

function place() {
  const columns = all("#design-canvas [data-column-width]").map((each) => rule(each.dataset.item, Number(each.dataset.columnWidth)));
  const bars = all("#design-canvas [data-left]").map(({ dataset: { left, width } }) =>
    `#design-canvas [data-left="${CSS.escape(left)}"]${width ? `[data-width="${CSS.escape(width)}"]` : ":not([data-width])"} { left: ${Number(left)}%; ${width ? `width: ${Number(width)}%;` : ""} }`);
  widths.replaceSync([...columns, ...new Set(bars)].join("\n"));
}

new MutationObserver(place).observe(one(".design-stage"), { childList: true });
place();

let sized = null;
document.addEventListener("pointerdown", (event) => {
  const edge = event.target.closest?.("[data-column-edge]");
  if (!edge) return;
  event.preventDefault();
  event.stopPropagation();
  const column = edge.closest("[data-item]");
  sized = { column, from: event.clientX, before: column.getBoundingClientRect().width, width: 0 };
  document.body.classList.add("is-sizing");
}, true);

document.addEventListener("pointermove", (event) => {
  if (!sized) return;
  sized.width = Math.round(Math.min(Math.max(sized.before + event.clientX - sized.from, LEAST), MOST));
  sized.column.dataset.columnWidth = sized.width;
  place();
});

document.addEventListener("pointerup", () => {
  if (!sized) return;
  const { column, width } = sized;
  sized = null;
  document.body.classList.remove("is-sizing");
  if (!width) return;
  const operations = [{ op: "set", at: `/columns/${column.dataset.item}/width`, value: width }];
  document.dispatchEvent(new CustomEvent("tenon:design", { detail: { operations } }));
});
