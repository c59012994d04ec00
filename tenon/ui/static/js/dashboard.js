// A dashboard: charts, tables instead of them, what failed and is tried again, refreshing by itself, printing.
import { all, announce, one, word } from "./dom.js";

const KEY = "tenon_refresh_minutes";
let timer = 0;

const tileOf = (element) => element?.closest?.(".widget");
const refresh = (tile) => window.htmx.trigger(tile, "refresh");

/** Load every tile again; one that somebody is in is left alone. */
function refreshAll(everything) {
  for (const tile of all("#board .widget")) if (everything || !tile.contains(document.activeElement)) refresh(tile);
}

function keepRefreshing() {
  clearInterval(timer);
  const minutes = Number(localStorage.getItem(KEY) || 0);
  const select = one("[data-refresh-every]");
  if (select) select.value = String(minutes);
  if (minutes) timer = setInterval(() => { if (!document.hidden) refreshAll(false); }, minutes * 60000);
}

/** Show a tile's table in the place of its chart, or the chart again. */
function showTable(tile, isTable) {
  const chart = one(".chart", tile);
  const table = one(".chart-table", tile);
  if (!chart || !table) return;
  chart.hidden = isTable;
  table.hidden = !isTable;
  const button = one("[data-table]", tile);
  button?.setAttribute("aria-pressed", String(isTable));
}

document.addEventListener("click", (event) => {
  const tile = tileOf(event.target);
  if (event.target.closest("[data-table]") && tile) {
    const isTable = tile.toggleAttribute("data-as-table");
    showTable(tile, isTable);
    one(".widget-menu", tile)?.removeAttribute("open");
    announce(isTable ? word("Shown as a table") : word("Shown as a chart"));
    (isTable ? one(".widget-sheet", tile) : one(".widget-menu summary, [data-table]", tile))?.focus();
  }
  if (event.target.closest("[data-retry]") && tile) { one(".widget-menu", tile)?.removeAttribute("open"); refresh(tile); }
  if (event.target.closest("[data-refresh]")) { event.target.closest("details").open = false; refreshAll(true); }
  if (event.target.closest("[data-print]")) { event.target.closest("details").open = false; window.print(); }
});

// A filter that is searched in is typed into at once.
document.addEventListener("toggle", (event) => {
  if (event.target.matches?.(".board-filters details[open]")) one("[role=combobox]", event.target)?.focus();
}, true);

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-refresh-every]")) return;
  localStorage.setItem(KEY, event.target.value);
  keepRefreshing();
});

/** Note which tiles have what they show; those that are tables stay tables. */
function settle() {
  if (one("tn-chart")) import("./chart.js");
  for (const tile of all(".widget[aria-busy=true]")) if (one("[data-ready]", tile)) tile.removeAttribute("aria-busy");
  for (const tile of all(".widget[data-as-table]")) showTable(tile, true);
}
document.addEventListener("htmx:after:swap", settle);
document.addEventListener("htmx:after:swap", (event) => { if (event.detail?.ctx?.sourceElement?.closest?.("#board-filters")) announce(word("The figures are those of the new choice.")); });

function fail(tile) {
  if (!tile) return;
  tile.removeAttribute("aria-busy");
  tile.classList.remove("htmx-request");
  const body = one(".widget-body", tile);
  body.replaceChildren(one("#widget-failed").content.cloneNode(true));
  body.dataset.ready = "";
}
for (const name of ["htmx:error", "htmx:response:error"]) document.addEventListener(name, (event) => fail(tileOf(event.target)));

// Tiles ask before this module runs: what came or was refused by then is found here.
settle();
const refused = new Set(performance.getEntriesByType("resource").filter((entry) => entry.responseStatus >= 400).map((entry) => entry.name));
for (const tile of all(".widget[aria-busy=true]")) if (refused.has(new URL(tile.getAttribute("hx-get"), location).href)) fail(tile);

keepRefreshing();
