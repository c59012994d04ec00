// The score designer: sliders with their linked numbers, names of dimensions, and bands dragged over the histogram.
import { all, announce, one, word } from "./dom.js";
import { parse } from "./address.js";
import { toast } from "./toast.js";

const waiting = new Map();
const timers = new Map();

/** Set one place of the document, a moment later while a slider is still going. */
function set(place, value, wait = 0) {
  waiting.set(place, value);
  clearTimeout(timers.get(place));
  timers.set(place, setTimeout(() => {
    document.dispatchEvent(new CustomEvent("tenon:design", { detail: { operations: [{ op: "set", at: place, value }] } }));
    if (waiting.get(place) === value) waiting.delete(place);
  }, wait));
}

const numberIn = (text) => (text.trim() === "" || Number.isNaN(Number(text)) ? null : Number(text));
const shown = (number) => String(Math.round(number * 10000) / 10000);

// What measures count.
function showWorth(worth, value) {
  one(".slider", worth).value = value;
  if (document.activeElement !== one(".input", worth)) one(".input", worth).value = shown(value);
  share(worth.closest(".score-variant"));
}

/** Show each measure's share of the total, and the total. */
function share(variant) {
  const found = all("[data-worth]", variant).map((worth) => [worth, numberIn(one(".input", worth).value) || 0]);
  const total = found.reduce((sum, [, value]) => sum + Math.max(value, 0), 0);
  const part = (value) => `${total ? Math.round((value * 100) / total) : 0} %`;
  for (const [worth, value] of found) one("[data-share]", worth).textContent = value < 0 ? "–" : part(value);
  for (const group of all(".score-group", variant)) {
    one("[data-group-share]", group).textContent = part(found.filter(([worth]) => group.contains(worth)).reduce((sum, [, value]) => sum + Math.max(value, 0), 0));
  }
  one("[data-total]", variant).textContent = shown(total);
}

document.addEventListener("input", ({ target }) => {
  const worth = target.closest("[data-worth]");
  if (worth) {
    const value = numberIn(target.value);
    if (value === null) return;
    one(".slider", worth).value = value;
    if (target.matches(".slider")) one(".input", worth).value = shown(value);
    share(worth.closest(".score-variant"));
  } else if (target.dataset.edgeNumber && numberIn(target.value) !== null) place(target.dataset.edgeNumber, numberIn(target.value));
});

document.addEventListener("change", ({ target }) => {
  const worth = target.closest("[data-worth]");
  if (worth) {
    const value = numberIn(target.value);
    if (value !== null) set(worth.dataset.worth, value, target.matches(".slider") ? 250 : 0);
  } else if (target.dataset.edgeNumber) {
    if (numberIn(target.value) !== null) set(`/bands/${target.dataset.edgeNumber}/from`, numberIn(target.value));
  } else if (target.dataset.groupPlaces) {
    const value = target.value.trim() || null;
    const group = () => all("[data-group-places]").find((each) => each.defaultValue === target.defaultValue) || target; // what is in it by then
    const operations = () => JSON.parse(group().dataset.groupPlaces).map((at) => ({ op: "set", at, value }));
    document.dispatchEvent(new CustomEvent("tenon:design", { detail: { operations } }));
  }
});

// Where bands begin.
const board = () => one("[data-bands]");
const scale = () => ({ low: Number(board().dataset.low), high: Number(board().dataset.high), step: Number(board().dataset.step) });
const rows = () => all("[data-band]").reverse();
const edgeOf = (id) => numberIn(one(`[data-edge-number="${id}"]`).value);

/** Keep an edge between its neighbours, on a step of the scale. */
function fit(id, value) {
  const { low, high, step } = scale();
  const ids = rows().map((row) => row.dataset.band);
  const at = ids.indexOf(id);
  const least = at > 0 ? edgeOf(ids[at - 1]) + step : low;
  const most = at < ids.length - 1 ? edgeOf(ids[at + 1]) - step : high;
  const rounded = low + Math.round((value - low) / step) * step;
  return Number(shown(Math.max(least, Math.min(most, rounded))));
}

/** Show a band's beginning and what follows: its handle, the colours of the bars, the numbers of records. */
function place(id, value) {
  const { low, high } = scale();
  const handle = one(`[data-edge="${id}"]`);
  handle?.setAttribute("x", `${Math.max(0, Math.min(100, ((value - low) * 100) / (high - low)))}%`);
  handle?.setAttribute("aria-valuenow", value);
  const input = one(`[data-edge-number="${id}"]`);
  if (document.activeElement !== input) input.value = shown(value);
  count();
}

function count() {
  const { low, high } = scale();
  const counts = JSON.parse(board().dataset.counts);
  if (!counts.length) return;
  const bands = rows().map((row) => ({ row, from: numberIn(one("[data-edge-number]", row).value) ?? high, tone: [...one(".dot", row).classList].find((name) => name.startsWith("tone-")) }));
  const total = counts.reduce((sum, each) => sum + each, 0) || 1;
  const at = (index, parts) => low + ((high - low) * index) / parts;
  const bandAt = (value) => bands.findLast((band) => band.from <= value + 1e-9);
  const sums = new Map(bands.map((band) => [band, 0]));
  counts.forEach((each, index) => { const band = bandAt(at(index, counts.length)); if (band) sums.set(band, sums.get(band) + each); });
  for (const [band, sum] of sums) {
    one("[data-band-count]", band.row).textContent = sum.toLocaleString("en");
    one("[data-band-share]", band.row).textContent = `${Math.round((sum * 100) / total)} %`;
    one(".band-bar .fill", band.row).setAttribute("width", `${(sum * 100) / total}%`);
  }
  const bars = all(".histogram-bars .bar");
  bars.forEach((bar, index) => bar.setAttribute("class", `bar ${bandAt(at(index, bars.length))?.tone || "tone-grey"}`));
}

function settle(id, value, wait) {
  place(id, value);
  set(`/bands/${id}/from`, value, wait);
  announce(word("{name}: {count} records").replace("{name}", one(`[data-edge="${id}"]`).getAttribute("aria-label") + " " + shown(value)).replace("{count}", one(`[data-band="${id}"] [data-band-count]`).textContent));
}

let held = null;
document.addEventListener("pointerdown", (event) => {
  const edge = event.target.closest("[data-edge]");
  if (!edge || event.button > 0) return;
  event.preventDefault();
  held = edge.dataset.edge;
  edge.focus();
});
document.addEventListener("pointermove", (event) => {
  if (!held) return;
  const box = one(".histogram-bars").getBoundingClientRect();
  const { low, high } = scale();
  place(held, fit(held, low + ((event.clientX - box.left) / box.width) * (high - low)));
});
for (const ended of ["pointerup", "pointercancel"]) {
  document.addEventListener(ended, () => {
    if (!held) return;
    const id = held;
    held = null;
    settle(id, edgeOf(id), 0);
  });
}

document.addEventListener("keydown", (event) => {
  const id = event.target.dataset?.edge;
  if (!id) return;
  const { low, high, step } = scale();
  const by = { ArrowRight: step, ArrowUp: step, ArrowLeft: -step, ArrowDown: -step, PageUp: step * 10, PageDown: -step * 10, Home: low - high, End: high - low }[event.key];
  if (by === undefined) return;
  event.preventDefault();
  settle(id, fit(id, edgeOf(id) + by), 300);
});

// What was not sent yet stays as it is when the canvas comes anew.
document.addEventListener("tenon:designed", () => {
  for (const [at, value] of waiting) {
    const worth = one(`[data-worth="${CSS.escape(at)}"]`);
    const id = at.startsWith("/bands/") ? at.split("/")[2] : "";
    if (worth) showWorth(worth, value);
    else if (id && one(`[data-edge-number="${id}"]`)) place(id, value);
  }
  const mark = one("[data-simulation]");
  if (mark?.firstElementChild) mark.dataset.stale = "";
});

// What the draft would change, computed when asked for.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-simulate]");
  if (!button || button.getAttribute("aria-disabled") === "true") return;
  const place = one("[data-simulation]");
  button.setAttribute("aria-disabled", "true");
  one("[data-simulating]").hidden = false;
  try {
    const name = one("#designer").dataset.url;
    const answer = await fetch(`${name}/simulation`, { headers: { "HX-Request": "true" } });
    place.replaceChildren(parse(await answer.text()));
    delete place.dataset.stale;
    htmx.process(place);
  } catch {
    toast(word("The server could not answer. Try again in a moment."));
  }
  one("[data-simulating]").hidden = true;
  button.removeAttribute("aria-disabled");
});
