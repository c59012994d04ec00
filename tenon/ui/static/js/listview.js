// The page of a list: every change is an address; the bar's panels are fetched when they open, the list is morphed in.
import { all, one } from "./dom.js";
import "./tabs.js";
import "./work.js";
import { follow as followLink, go } from "./address.js";

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-go]");
  if (!link || event.ctrlKey || event.metaKey || event.button) return;
  event.preventDefault();
  if (event.shiftKey && link.matches(".sort")) addKey(link.closest("[data-column]").dataset.column);
  else followLink(link);
});

// What the panels of the bar take comes with the first of them.
const panels = () => import("./panels.js");
document.addEventListener("toggle", async (event) => {
  const panel = event.target;
  if (!panel.matches?.("details.panel")) return;
  if (panel.open) (await panels()).load(panel);
  else one("[data-box]", panel).replaceChildren();
}, true);
for (const panel of all("details.panel[open]")) panels().then((part) => part.load(panel)); // opened before this was here
for (const near of ["pointerover", "focusin"]) document.addEventListener(near, (event) => { if (event.target.closest?.("details.panel")) panels(); }, { passive: true });

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open-panel]");
  if (!opener) return;
  event.preventDefault();
  event.stopPropagation();
  for (const other of all("details.pop[open]")) other.open = false;
  const panel = one(`details[data-panel="${opener.dataset.openPanel}"]`);
  if (panel) panel.open = true;
}, true);

/** Sort by one more key: up, then down. */
function addKey(name) {
  const table = one(".sheet");
  const keys = (new URLSearchParams(table.dataset.asked).get("sort") || "").split(",").filter(Boolean);
  const at = keys.findIndex((key) => key.replace(/^-/, "") === name);
  if (at < 0) keys.push(name);
  else keys[at] = keys[at].startsWith("-") ? name : `-${name}`;
  go((params) => params.set("sort", keys.join(",")));
}

let timer = 0;
const search = one("#search");
const soon = (event) => {
  clearTimeout(timer);
  if (!event.isComposing) timer = setTimeout(find, 220); // what is being spelled is no word yet
};
for (const kind of ["input", "compositionend"]) search?.addEventListener(kind, soon);
function find() {
  go((params) => { if (search.value.trim()) params.set("q", search.value.trim()); else params.delete("q"); }, { typed: true });
}
one("#query")?.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(timer);
  find();
});

/** The same question as another type of view. */
function layout(params, name) {
  for (const key of ["day", "span", "closed", "as"]) params.delete(key);
  if (name) params.set("as", name);
  return `${location.pathname}${params.size ? `?${params}` : ""}`;
}

/** What stands outside of the list follows the address: exports, the expression of the filter. */
function follow() {
  const params = new URLSearchParams(location.search);
  params.delete("cursor");
  for (const file of all("[data-export]")) file.href = `${location.pathname}/${file.href.includes(".xlsx") ? "export.xlsx" : "export.csv"}?${params}`;
  for (const way of all("a[data-as]")) way.href = layout(new URLSearchParams(params), way.dataset.as);
  const filter = one("#filter-expression");
  if (filter) filter.value = one("#results")?.dataset.filter || "";
  if (search && document.activeElement !== search) search.value = params.get("q") || "";
}
document.addEventListener("htmx:after:swap", follow);
document.addEventListener("htmx:after:push:into:history", follow);
one("#filter-expression")?.addEventListener("change", (event) => {
  const { value } = event.target;
  go((params) => { if (value) params.set("filter", value); else params.delete("filter"); });
});
