// Calendars and timelines: records move to other days by mouse, touch or keys; bars get their places here, as the policy wants it.
import { all, announce, one, word } from "./dom.js";

const DAY = 86400000;
const HELD = 250;
const say = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
const later = (day, days) => new Date(Date.parse(`${day}T00:00Z`) + days * DAY).toISOString().slice(0, 10);
const shown = (day) => new Date(`${day}T00:00Z`).toLocaleDateString(document.documentElement.lang, { weekday: "short", month: "short", day: "numeric", timeZone: "UTC" });
const titleOf = (bar) => one(".cut", bar).textContent.trim();

function place() {
  for (const element of all("#timeline [data-left]")) {
    element.style.left = `${element.dataset.left}%`;
    if (element.dataset.width) element.style.width = `${element.dataset.width}%`;
  }
}

let sent = Promise.resolve(); // what was sent last: the next one stands on the version that it makes
let wanted = null; // the record whose bar takes the focus when the answer is there

function send(bar, day, last = "") {
  if (day === bar.dataset.first && (!last || last === bar.dataset.last)) return;
  wanted = bar.dataset.event;
  if (day === bar.dataset.first) announce(say(word("{name} ends on {day}."), { name: titleOf(bar), day: shown(last) }));
  else announce(say(word("{name} moves to {day}."), { name: titleOf(bar), day: shown(day) }));
  sent = sent.then(() => {
    const now = one(`[data-event="${CSS.escape(bar.dataset.event)}"]`) || bar;
    const values = { csrf: one('#schedule-form input[name="csrf"]').value, version: now.dataset.version, day, last };
    return window.htmx.ajax("POST", now.dataset.shift, { values, target: "#results", swap: "outerMorph" });
  }).catch(() => {});
}

document.addEventListener("htmx:after:swap", () => {
  place();
  if (!wanted) return;
  one(`[data-event="${CSS.escape(wanted)}"]`)?.focus({ preventScroll: true });
  wanted = null;
});

// Mouse and touch: what is carried follows the pointer; the day below it lights up.
let carried = null;

function dayUnder(event) {
  const track = one("#timeline");
  if (track) {
    const width = carried.bar.parentElement.clientWidth / Number(track.dataset.days);
    return later(carried.bar.dataset.first, Math.round((event.clientX - carried.x) / width));
  }
  const cell = document.elementsFromPoint(event.clientX, event.clientY).find((element) => element.matches("[data-day]"));
  return cell ? later(cell.dataset.day, -carried.offset) : null;
}

function light(day, length = 0) {
  for (const cell of all("[data-day]")) cell.classList.toggle("target", Boolean(day) && cell.dataset.day >= day && cell.dataset.day <= later(day, length));
}

/** How many days after the first one of a bar the pointer took hold of it. */
function offsetOf(bar, event) {
  const cell = document.elementsFromPoint(event.clientX, event.clientY).find((element) => element.matches("[data-day]"));
  return cell ? Math.max(0, Math.round((Date.parse(cell.dataset.day) - Date.parse(bar.dataset.first)) / DAY)) : 0;
}

document.addEventListener("pointerdown", (event) => {
  const bar = event.target.closest?.("[data-shift]");
  if (!bar || event.button !== 0) return;
  const atEdge = Boolean(event.target.closest("[data-edge]"));
  carried = { bar, x: event.clientX, y: event.clientY, offset: atEdge ? 0 : offsetOf(bar, event), ghost: null, day: null, timer: 0, atEdge };
  if (event.pointerType === "touch") carried.timer = setTimeout(pick, HELD); // a finger that moves before that scrolls
});

/** What is held follows the pointer from now on. */
function pick() {
  carried.ghost = true;
  carried.bar.classList.add(carried.atEdge ? "stretched" : "carried");
  document.body.classList.add("is-dragging");
}

/** The last day follows the pointer, not before the first. */
function stretch(x, event) {
  const { bar } = carried;
  const track = one("#timeline");
  const width = track ? bar.parentElement.clientWidth / Number(track.dataset.days) : 0;
  const day = track ? later(bar.dataset.last, Math.round(x / width)) : dayUnder(event);
  if (!day) return;
  carried.day = day < bar.dataset.first ? bar.dataset.first : day;
  if (track) bar.style.width = `calc(${bar.dataset.width}% + ${(Date.parse(carried.day) - Date.parse(bar.dataset.last)) / DAY * width}px)`;
  light(bar.dataset.first, (Date.parse(carried.day) - Date.parse(bar.dataset.first)) / DAY);
}
for (const kind of ["touchmove", "contextmenu"]) document.addEventListener(kind, (event) => { if (carried?.timer && carried.ghost && event.cancelable) event.preventDefault(); }, { passive: false });

document.addEventListener("pointermove", (event) => {
  if (!carried) return;
  const x = event.clientX - carried.x, y = event.clientY - carried.y;
  if (!carried.ghost && Math.hypot(x, y) < 5) return;
  if (!carried.ghost && carried.timer) { release(); return; }
  if (!carried.ghost) pick();
  if (carried.atEdge) { stretch(x, event); return; }
  carried.bar.style.transform = one("#timeline") ? `translateX(${x}px)` : `translate(${x}px, ${y}px)`;
  carried.day = dayUnder(event);
  light(carried.day);
});

function release() {
  const { bar, timer } = carried;
  clearTimeout(timer);
  bar.classList.remove("carried", "stretched");
  bar.style.transform = "";
  if (bar.dataset.width) bar.style.width = `${bar.dataset.width}%`;
  if (!bar.getAttribute("style")) bar.removeAttribute("style");
  document.body.classList.remove("is-dragging");
  light(null);
  carried = null;
}

document.addEventListener("pointerup", () => {
  if (!carried) return;
  const { bar, day, ghost, atEdge } = carried;
  release();
  if (!ghost) return;
  addEventListener("click", (event) => { event.preventDefault(); event.stopPropagation(); }, { capture: true, once: true });
  setTimeout(() => dispatchEvent(new Event("click", { cancelable: true })), 0); // takes the listener away when no click followed
  if (day && atEdge) send(bar, bar.dataset.first, day);
  else if (day) send(bar, day);
});
document.addEventListener("dragstart", (event) => { if (carried) event.preventDefault(); }); // the link below is not what is carried
document.addEventListener("pointercancel", () => { if (carried) release(); });

// Keys: Space lifts, arrows choose the day, Space puts down, Escape puts back; without a lifted record arrows walk the days.
let lifted = null;
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

function lift(bar) {
  lifted = { bar, day: bar.dataset.first, last: bar.dataset.last || "" };
  bar.classList.add("lifted");
  light(lifted.day);
  announce(say(word("{name} is lifted, on {day}. Arrow keys choose the day, Space puts it down, Escape puts it back."), { name: titleOf(bar), day: shown(lifted.day) }));
}

/** The days of a lifted record as they would be. */
const lengthOf = () => (lifted.last ? (Date.parse(lifted.last) - Date.parse(lifted.day)) / DAY : 0);

function lengthen(days) {
  const last = later(lifted.last, days);
  if (last < lifted.day) return;
  lifted.last = last;
  light(lifted.day, lengthOf());
  const track = one("#timeline");
  const { bar } = lifted;
  if (track) bar.style.width = `calc(${bar.dataset.width}% + ${(lengthOf() - (Date.parse(bar.dataset.last) - Date.parse(bar.dataset.first)) / DAY) * bar.parentElement.clientWidth / Number(track.dataset.days)}px)`;
  announce(say(word("{name} ends on {day}."), { name: titleOf(bar), day: shown(last) }));
}

function carry(days) {
  const length = lengthOf();
  lifted.day = later(lifted.day, days);
  if (lifted.last) lifted.last = later(lifted.day, length);
  light(lifted.day);
  const track = one("#timeline");
  if (track) lifted.bar.style.transform = `translateX(${(Date.parse(lifted.day) - Date.parse(lifted.bar.dataset.first)) / DAY * lifted.bar.parentElement.clientWidth / Number(track.dataset.days)}px)`;
  announce(shown(lifted.day));
}

function putDown(isKept) {
  const { bar, day, last } = lifted;
  const isLonger = bar.dataset.last && last !== later(bar.dataset.last, (Date.parse(day) - Date.parse(bar.dataset.first)) / DAY);
  lifted = null;
  bar.classList.remove("lifted");
  bar.style.transform = "";
  if (bar.dataset.width) bar.style.width = `${bar.dataset.width}%`;
  if (!bar.getAttribute("style")) bar.removeAttribute("style");
  light(null);
  if (isKept) send(bar, day, isLonger ? last : "");
  else announce(say(word("{name} stays on {day}."), { name: titleOf(bar), day: shown(bar.dataset.first) }));
}

function walkDays(link, key) {
  const cell = one(`[data-day="${later(link.closest("[data-day]").dataset.day, STEPS[key])}"] [data-day-link]`);
  if (!cell) return;
  for (const each of all("[data-day-link]")) each.tabIndex = -1;
  cell.tabIndex = 0;
  cell.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const bar = event.target.closest?.("[data-shift]");
  const day = event.target.closest?.("[data-day-link]");
  if (bar && (event.key === " " || (lifted && (event.key === "Enter" || event.key === "Escape" || STEPS[event.key])))) {
    event.preventDefault();
    event.stopPropagation();
    if (STEPS[event.key] && event.shiftKey && lifted?.last) lengthen(STEPS[event.key]);
    else if (STEPS[event.key]) carry(STEPS[event.key]);
    else if (lifted) putDown(event.key !== "Escape");
    else lift(bar);
  } else if (day && STEPS[event.key]) {
    event.preventDefault();
    event.stopPropagation();
    walkDays(day, event.key);
  } else if (event.target.closest?.("#timeline, .agenda") && ["ArrowLeft", "ArrowRight"].includes(event.key)) {
    event.stopPropagation(); // the region scrolls
  }
}, true);

document.addEventListener("focusout", (event) => {
  if (lifted && event.target === lifted.bar && event.relatedTarget) putDown(false);
});

function reachDays() {
  if (one("[data-day-link][tabindex='0'], [data-day-link]:not([tabindex])")) return;
  const first = one(".calendar-day:not(.outside) [data-day-link]");
  if (first) first.tabIndex = 0;
}
document.addEventListener("htmx:after:swap", reachDays);
place();
one(".calendar-week:has(.today)")?.scrollIntoView({ block: "nearest" }); // a month begins where today is in sight
reachDays();
