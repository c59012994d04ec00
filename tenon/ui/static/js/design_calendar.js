// The calendar designer: hours are typed, days of a year are made holidays or working days by a click or with the keys.
import { all, announce, one, word } from "./dom.js";

const language = document.documentElement.lang;
const spoken = new Intl.DateTimeFormat(language, { weekday: "long", year: "numeric", month: "long", day: "numeric", timeZone: "UTC" });
const months = new Intl.DateTimeFormat(language, { month: "long", timeZone: "UTC" });
const letters = new Intl.DateTimeFormat(language, { weekday: "narrow", timeZone: "UTC" });
const DAY = 86400000;
let year = Number(one("#year-days").dataset.year);
let free = new Set();
let worked = new Set();
let works = "";
let sending = 0;
let current = "";

const text = (moment) => new Date(moment).toISOString().slice(0, 10);
const moment = (day) => Date.parse(`${day}T00:00:00Z`);
const weekday = (day) => (new Date(moment(day)).getUTCDay() + 6) % 7;
const make = (name, attributes, ...inside) => {
  const made = Object.assign(document.createElement(name), attributes);
  made.append(...inside);
  return made;
};

function read() {
  const { dataset } = one("#year-days");
  const listed = (value) => new Set(value.split(" ").filter(Boolean));
  [free, worked, works] = [listed(dataset.free), listed(dataset.worked), dataset.works];
}

const kindOf = (day) => free.has(day) ? "free" : worked.has(day) ? "worked" : works[weekday(day)] === "1" ? "works" : "off";
const saidOf = (kind) => ({ free: word("holiday"), worked: word("worked instead"), works: word("working day"), off: word("not a working day") })[kind];

function paint(button) {
  const kind = kindOf(button.dataset.day);
  button.className = `year-day ${kind}`;
  button.setAttribute("aria-label", `${spoken.format(moment(button.dataset.day))}, ${saidOf(kind)}`);
  button.tabIndex = button.dataset.day === current ? 0 : -1;
}

function draw() {
  if (!current.startsWith(String(year))) current = `${year}-01-01`;
  const made = Array.from({ length: 12 }, (_, month) => {
    const first = Date.UTC(year, month, 1);
    const names = Array.from({ length: 7 }, (_each, n) => make("span", { className: "year-letter", ariaHidden: "true" }, letters.format(Date.UTC(2024, 0, 1) + n * DAY)));
    const days = [];
    for (let at = first; new Date(at).getUTCMonth() === month; at += DAY) {
      const day = text(at);
      const button = make("button", { type: "button", id: `day-${day}` }, String(new Date(at).getUTCDate()));
      button.dataset.day = day;
      if (at === first) button.dataset.column = String(weekday(day) + 1);
      days.push(button);
    }
    const grid = make("div", { className: "year-grid" }, ...names, ...days);
    grid.setAttribute("role", "group");
    grid.setAttribute("aria-label", `${months.format(first)} ${year}`);
    return make("div", { className: "year-month" }, make("h3", {}, months.format(first)), grid);
  });
  one("#year").replaceChildren(...made);
  one("#year-shown").textContent = year;
  all("[data-day]").forEach(paint);
}

const sorted = (set) => [...set].sort();

/** Make a day what it is not, or an ordinary one again, and send what became of the two lists. */
async function turn(day) {
  const kind = kindOf(day);
  const before = [sorted(free).join(), sorted(worked).join()];
  if (kind === "free") free.delete(day);
  else if (kind === "worked") worked.delete(day);
  else if (kind === "works") free.add(day);
  else worked.add(day);
  const operations = [["/holidays", free, before[0]], ["/working_days", worked, before[1]]].filter(([, set, was]) => sorted(set).join() !== was)
    .map(([at, set]) => ({ op: "set", at, value: sorted(set) }));
  paint(document.getElementById(`day-${day}`));
  announce(saidOf(kindOf(day)));
  sending += 1;
  const detail = { operations };
  document.dispatchEvent(new CustomEvent("tenon:design", { detail }));
  await detail.answered;
  sending -= 1;
  refresh();
}

function refresh() {
  one("#year-shown").textContent = year;
  if (sending) return;
  read();
  all("[data-day]").forEach(paint);
}

function go(day, { focus } = {}) {
  current = day;
  const wanted = Number(day.slice(0, 4));
  if (wanted !== year) {
    year = wanted;
    draw();
  } else all("[data-day]").forEach(paint);
  if (focus) document.getElementById(`day-${day}`)?.focus();
}

document.addEventListener("click", (event) => {
  const day = event.target.closest("[data-day]");
  const by = event.target.closest("[data-year-by]");
  if (day) {
    go(day.dataset.day);
    turn(day.dataset.day);
  } else if (by) {
    year += Number(by.dataset.yearBy);
    draw();
  }
});

const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
document.addEventListener("keydown", (event) => {
  const day = event.target.closest?.("[data-day]")?.dataset.day;
  if (!day || event.altKey || event.ctrlKey || event.metaKey) return;
  const date = new Date(moment(day));
  if (STEPS[event.key]) date.setUTCDate(date.getUTCDate() + STEPS[event.key]);
  else if (event.key === "PageUp") date.setUTCMonth(date.getUTCMonth() - 1, Math.min(date.getUTCDate(), 28));
  else if (event.key === "PageDown") date.setUTCMonth(date.getUTCMonth() + 1, Math.min(date.getUTCDate(), 28));
  else if (event.key === "Home") date.setUTCDate(1);
  else return;
  event.preventDefault();
  event.stopPropagation();
  go(text(date.getTime()), { focus: true });
}, true);

/** Return a time as calendars have it: 9, 930 and 9:30 are read too. */
function clock(value) {
  const found = /^(\d{1,2}?)[:：.]?(\d{2})?$/.exec(value.trim());
  return found ? `${found[1].padStart(2, "0")}:${found[2] || "00"}` : value.trim();
}

document.addEventListener("change", (event) => {
  const row = event.target.matches("[data-clock]") && event.target.closest("[data-hours]");
  if (!row) return;
  const value = all(".week-span", row).map((span) => all("[data-clock]", span).map((input) => clock(input.value)));
  document.dispatchEvent(new CustomEvent("tenon:design", { detail: { operations: [{ op: "set", at: `/week/${row.dataset.hours}`, value }] } }));
});

document.addEventListener("tenon:designed", refresh);
read();
draw();
