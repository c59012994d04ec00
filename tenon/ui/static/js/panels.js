// The panels of the bar above a list are fetched when they open; sort, group and columns become addresses as they change.
import { all, announce, one, word, writeCookie } from "./dom.js";
import { Sortable, load as loadSortable } from "./carrying.js";
import { asked, go, parse } from "./address.js";
import { wireColours } from "./colours.js";
import "./conditions.js";

const boxOf = (panel) => one("[data-box]", panel);

/** Fetch what a panel shows for the present address. */
export async function load(panel) {
  const params = asked();
  const answer = await fetch(`${panel.dataset.url}?${params}`, { headers: { "HX-Request": "true" } });
  if (!answer.ok || !panel.open) return;
  boxOf(panel).replaceChildren(parse(await answer.text()));
  htmx.process(boxOf(panel));
  const lines = one("[data-column-lines]", panel);
  if (lines) sortable(lines, keepColumns);
  wireColours(panel, sortable);
  one("input:not([type=hidden]), select, button, [open] textarea", boxOf(panel))?.focus();
}

/** Let lines be dragged by their handles; what that takes is loaded when it is needed. */
async function sortable(lines, onEnd) {
  await loadSortable();
  Sortable.create(lines, { handle: ".handle", animation: 120, forceFallback: true, fallbackOnBody: true, fallbackTolerance: 4, onEnd });
}

// Sort
function keepSort() {
  const keys = all("[data-sort-keys] .sort-key").map((line) => one("[data-sort-way]", line).value + one("[data-sort-field]", line).value);
  go((params) => { if (keys.length) params.set("sort", keys.join(",")); else params.delete("sort"); });
}

document.addEventListener("click", (event) => {
  const line = event.target.closest(".sort-key");
  if (event.target.closest("[data-sort-add]")) {
    const fresh = one("[data-sort-new]").content.cloneNode(true);
    one("[data-sort-keys]").append(fresh);
    one("[data-sort-keys] .sort-key:last-child select").focus();
    keepSort();
  } else if (event.target.closest("[data-sort-remove]")) {
    line.remove();
    keepSort();
    one("[data-sort-add]").focus();
  } else if (event.target.closest("[data-sort-up]") && line.previousElementSibling) {
    line.previousElementSibling.before(line);
    keepSort();
    one("[data-sort-up]", line).focus();
  }
});

// Columns
/** The total that a line asks for, nothing where the column has it without being asked. */
function totalOf(line) {
  const total = one("[data-column-total]", line);
  return !total || total.value === total.dataset.usual ? "" : total.value;
}

function keepColumns() {
  const shown = all("[data-column-lines] .column-line").filter((line) => one("[data-column-show]", line).checked);
  const columns = shown.map((line) => {
    const frozen = one("[data-column-freeze]", line);
    const isFrozen = !frozen.disabled && frozen.getAttribute("aria-pressed") === "true";
    const { name, width } = line.dataset;
    return `${name}:${width}:${isFrozen ? "frozen" : ""}:${totalOf(line)}`.replace(/:+$/, "");
  });
  go((params) => {
    params.delete("columns");
    for (const each of columns) params.append("columns", each);
  });
}

/** A column that is shown now comes after those that are. */
function show(box) {
  const line = box.closest(".column-line");
  const shown = all("[data-column-lines] .column-line").filter((each) => each !== line && one("[data-column-show]", each).checked);
  const total = one("[data-column-total]", line);
  if (total) total.hidden = !box.checked;
  if (box.checked) {
    shown.at(-1)?.after(line);
    box.focus();
  }
  keepColumns();
}

function move(line, step) {
  const other = step < 0 ? line.previousElementSibling : line.nextElementSibling;
  if (!other) return;
  if (step < 0) other.before(line);
  else other.after(line);
  announce(`${one("label", line).textContent.trim()}: ${word("position")} ${[...line.parentElement.children].indexOf(line) + 1}`);
  keepColumns();
}

document.addEventListener("click", (event) => {
  const mover = event.target.closest("[data-column-move]");
  const freezer = event.target.closest("[data-column-freeze]");
  const density = event.target.closest("[data-density-choice]");
  if (mover) {
    move(mover.closest(".column-line"), Number(mover.dataset.columnMove));
    mover.focus();
  } else if (freezer) {
    freezer.setAttribute("aria-pressed", String(freezer.getAttribute("aria-pressed") !== "true"));
    keepColumns();
  } else if (density) {
    writeCookie("tenon_density", density.dataset.densityChoice);
    for (const each of all("[data-density-choice]")) each.setAttribute("aria-pressed", String(each === density));
    one(".sheet")?.setAttribute("data-density", density.dataset.densityChoice);
  }
});

document.addEventListener("keydown", (event) => {
  const line = event.target.closest?.(".column-line");
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!line || !step || !event.altKey) return;
  event.preventDefault();
  const { activeElement } = document;
  move(line, step);
  activeElement.focus();
});

document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-filter-lines]")) return;
  const text = event.target.value.trim().toLowerCase();
  for (const line of all("[data-column-lines] .column-line")) line.hidden = Boolean(text) && !line.textContent.toLowerCase().includes(text);
});

// Changes of any of them
document.addEventListener("change", (event) => {
  const { target } = event;
  if (target.matches("[data-sort-field], [data-sort-way]")) keepSort();
  else if (target.matches("[data-column-show]")) show(target);
  else if (target.matches("[data-column-total]")) keepColumns();
  else if (target.matches("[data-group-field], [data-group-bucket]")) {
    const field = one("[data-group-field]");
    const isDay = ["date", "datetime"].includes(field.selectedOptions[0]?.dataset.type);
    one("[data-group-bucket-line]").hidden = !isDay;
    go((params) => {
      params.delete("closed");
      params.set("group", isDay ? `${field.value}:${one("[data-group-bucket]").value}` : field.value);
    });
  }
});
