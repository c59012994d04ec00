// The dashboard designer's tiles: carried by their heading, made larger by their corner, both also with the keys.
import { all, announce, one, word } from "./dom.js";
import { COLUMNS, lay, sized, stepped } from "./tile_layout.js";

const PARTS = ["x", "y", "w", "h"];
const tiles = () => all("#tile-grid > [data-item]");
const read = (text) => Object.fromEntries(text.split(",").map((part, at) => [PARTS[at], Number(part)]));
const write = (place) => PARTS.map((part) => place[part]).join(",");
const placesNow = () => new Map(tiles().map((tile) => [tile.dataset.item, ahead.get(tile.dataset.item) || read(tile.dataset.place)]));
const isNarrow = () => matchMedia("(max-width: 820px)").matches;
/** Places that were sent and not answered yet: what comes meanwhile must not take them back. */
const ahead = new Map();
let sent = 0;
let held = null;

function show(tile, place) {
  for (const name of [...tile.classList]) if (/^g[xywh]-\d+$/.test(name)) tile.classList.remove(name);
  tile.classList.add(`gx-${place.x}`, `gy-${place.y}`, `gw-${place.w}`, `gh-${place.h}`);
}

function showAll(places) {
  for (const tile of tiles()) if (places.has(tile.dataset.item)) show(tile, places.get(tile.dataset.item));
}

/** Return the operations that store what lies elsewhere than the document says. */
function changes(places) {
  const operations = [];
  for (const tile of tiles()) {
    const place = places.get(tile.dataset.item);
    const stored = read(tile.dataset.stored);
    for (const part of PARTS) if (place[part] !== stored[part]) operations.push({ op: "set", at: `/layout/${tile.dataset.item}/${part}`, value: place[part] });
    tile.dataset.place = tile.dataset.stored = write(place);
    ahead.set(tile.dataset.item, place);
  }
  return operations;
}

/** Return how wide a column and how high a row is with its gap. */
function measure(grid) {
  const style = getComputedStyle(grid);
  const gap = Number.parseFloat(style.columnGap);
  return { column: (grid.clientWidth + gap) / COLUMNS, row: Number.parseFloat(style.gridAutoRows) + gap };
}

/** Store what lies elsewhere than the document says, as one step. */
async function keep(places, id, focus = id) {
  const operations = changes(places);
  showAll(places);
  const { x, y, w, h } = places.get(id);
  announce(word("Column {x}, row {y}, {w} wide, {h} high").replace("{x}", x + 1).replace("{y}", y + 1).replace("{w}", w).replace("{h}", h));
  if (!operations.length) { ahead.clear(); return; }
  sent += 1;
  const detail = { operations, focus };
  document.dispatchEvent(new CustomEvent("tenon:design", { detail }));
  await detail.answered;
  sent -= 1;
  if (!sent) ahead.clear();
}

document.addEventListener("tenon:designed", () => {
  if (held) holdAgain();
  for (const tile of tiles()) {
    const place = ahead.get(tile.dataset.item);
    if (!place || sent < 2) continue;
    tile.dataset.place = tile.dataset.stored = write(place);
    show(tile, place);
  }
});

/** A canvas that came while a tile is carried has the same tile in it. */
function holdAgain() {
  const tile = one(`#tile-grid > [data-item="${CSS.escape(held.id)}"]`);
  if (!tile) { held = null; return; }
  Object.assign(held, { tile, grid: one("#tile-grid") });
  if (held.ghost) held.grid.append(held.ghost);
  tile.classList.toggle("is-held", Boolean(held.ghost));
}

// Keys, before those that walk a canvas.
window.addEventListener("keydown", (event) => {
  const tile = event.target;
  if (!tile.matches?.("#tile-grid > [data-item]") || !event.key.startsWith("Arrow") || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  event.stopPropagation();
  const id = tile.dataset.item;
  keep((event.shiftKey ? sized : stepped)(placesNow(), id, event.key), id);
}, true);

// One press at a time, for who does not drag.
document.addEventListener("click", (event) => {
  const button = event.target.closest("#design-canvas [data-nudge]");
  if (!button) return;
  const id = button.closest("[data-tile]").dataset.tile;
  keep((button.dataset.sizes === undefined ? stepped : sized)(placesNow(), id, button.dataset.nudge), id, "");
});

// Mouse and finger.
document.addEventListener("pointerdown", (event) => {
  const handle = event.target.closest("#tile-grid [data-size], #tile-grid [data-grip]");
  if (!handle || event.button || isNarrow() || held) return;
  const tile = handle.closest("[data-item]");
  const grid = one("#tile-grid");
  const places = placesNow();
  held = {
    tile, grid, places, id: tile.dataset.item, isSize: handle.dataset.size !== undefined, pointer: event.pointerId, x: event.clientX, y: event.clientY, scrolled: one(".design-stage").scrollTop,
    ...measure(grid), own: places.get(tile.dataset.item), box: tile.getBoundingClientRect(), next: null,
  };
  handle.setPointerCapture(event.pointerId);
  event.preventDefault();
  tile.focus({ preventScroll: true });
});

function begin() {
  held.ghost = document.createElement("div");
  held.ghost.className = "tile-ghost";
  held.grid.append(held.ghost);
  held.tile.classList.add("is-held");
  document.body.classList.add(held.isSize ? "is-sizing" : "is-dragging");
}

document.addEventListener("pointermove", (event) => {
  if (!held || event.pointerId !== held.pointer) return;
  const stage = one(".design-stage");
  const edge = stage.getBoundingClientRect();
  if (held.next && event.clientY > edge.bottom - 40) stage.scrollTop += 12;
  else if (held.next && event.clientY < edge.top + 40) stage.scrollTop -= 12;
  const dx = event.clientX - held.x;
  const dy = event.clientY - held.y + stage.scrollTop - held.scrolled;
  if (!held.next && Math.hypot(dx, dy) < 4) return;
  if (!held.next) begin();
  const across = Math.round(dx / held.column);
  const down = Math.round(dy / held.row);
  const { own } = held;
  held.next = lay(held.places, held.id, held.isSize
    ? { ...own, w: Math.min(own.w + across, COLUMNS - own.x), h: own.h + down }
    : { ...own, x: own.x + across, y: own.y + down });
  for (const [id, place] of held.next) {
    const tile = one(`#tile-grid > [data-item="${CSS.escape(id)}"]`);
    if (id === held.id) show(held.ghost, place);
    else if (tile) show(tile, place);
  }
  follow(dx, dy);
});

/** The tile in the hand follows the pointer; where it will lie is the ghost. */
function follow(dx, dy) {
  const { tile, isSize, box, grid } = held;
  const place = grid.getBoundingClientRect();
  const top = box.top - place.top + one(".design-stage").scrollTop - held.scrolled;
  held.top ??= top;
  Object.assign(tile.style, {
    position: "absolute", left: `${box.left - place.left + (isSize ? 0 : dx)}px`, top: `${held.top + (isSize ? 0 : dy)}px`,
    width: `${Math.max(60, box.width + (isSize ? dx : 0))}px`, height: `${Math.max(40, box.height + (isSize ? dy : 0))}px`,
  });
}

function drop(isKept) {
  const { tile, ghost, id, next, places } = held;
  held = null;
  ghost?.remove();
  tile.classList.remove("is-held");
  tile.removeAttribute("style");
  document.body.classList.remove("is-dragging", "is-sizing");
  if (!next) return;
  const swallow = (event) => event.stopPropagation();  // what ends a drag is no click that chooses
  window.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => window.removeEventListener("click", swallow, { capture: true }));
  if (isKept) keep(next, id);
  else showAll(places);
}

// What is dropped from the palette lies where it was let go.
document.addEventListener("tenon:place", (event) => {
  const { value, x, y } = event.detail;
  const grid = one("#tile-grid");
  const { left, top } = grid.getBoundingClientRect();
  const { column, row } = measure(grid);
  const wanted = isNarrow() ? value : { ...value, x: Math.round((x - left) / column - value.w / 2), y: Math.floor((y - top) / row) };
  const next = lay(new Map([...placesNow(), ["", value]]), "", wanted);
  const operations = [{ op: "insert", at: "/layout", value: { ...value, ...next.get("") } }, ...changes(next)];
  ahead.clear();
  document.dispatchEvent(new CustomEvent("tenon:design", { detail: { operations, focus: "chosen" } }));
  announce(word("Added."));
});

document.addEventListener("pointerup", (event) => { if (held?.pointer === event.pointerId) drop(true); });
document.addEventListener("pointercancel", (event) => { if (held?.pointer === event.pointerId) drop(false); });
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !held?.next) return;
  event.stopPropagation();
  drop(false);
}, true);
