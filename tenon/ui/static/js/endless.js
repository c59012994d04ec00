// More rows when the end of the list comes into view, with a button for the keyboard; and the row of totals.
import { afterSwap, all, announce, one, word } from "./dom.js";
import { parse } from "./address.js";

const MOST_BY_ITSELF = 20;
const STILL = 150;
let loaded = 0;
let loading = null;

const watcher = new IntersectionObserver((entries) => {
  if (entries.some((entry) => entry.isIntersecting) && loaded < MOST_BY_ITSELF) more();
}, { rootMargin: "300px" });

const count = () => all(".sheet tr[data-id]").length;

/** Load the next rows; what is being loaded already is waited for. */
function more() {
  loading ??= load().finally(() => { loading = null; });
  return loading;
}

async function load() {
  const link = one("#more");
  const table = one(".sheet");
  if (!link || !table) return;
  loaded += 1;
  const url = new URL(link.href);
  const answer = await fetch(`${url.pathname}/rows${url.search}`, { headers: { "HX-Request": "true" } });
  if (!answer.ok || one(".sheet") !== table) return;
  const part = parse(await answer.text());
  const next = one("#more-next", part);
  append(table, all("tbody", part));
  one("#more-place").replaceChildren(...next.childNodes);
  const last = one("[data-last]");
  if (last) last.textContent = Number(next.dataset.last).toLocaleString(document.documentElement.lang);
  announce(`${count()} ${word("records are shown")}`);
  document.dispatchEvent(new CustomEvent("tenon:rows"));
  watch();
}

function append(table, bodies) {
  for (const body of bodies) {
    const before = all("tbody", table).at(-1);
    if (before && before.dataset.section === body.dataset.section) before.append(...all("tr", body).filter((row) => !row.id || !table.querySelector(`#${CSS.escape(row.id)}`)));
    else before ? before.after(body) : table.append(body);
  }
}

function watch() {
  watcher.disconnect();
  const link = one("#more");
  const edge = one(".sheet tbody:last-of-type tr:last-child");
  if (link && edge) watcher.observe(edge);
}

async function sums() {
  const foot = one("tfoot[data-sums]");
  if (!foot || foot.dataset.of === foot.dataset.sums) return;
  foot.dataset.of = foot.dataset.sums;
  const answer = await fetch(foot.dataset.sums, { headers: { "HX-Request": "true" } });
  if (answer.ok) foot.replaceChildren(...one("tbody", parse(await answer.text())).children);
}

/** Ask for the totals again after a change. */
export function renewSums() {
  const foot = one("tfoot[data-sums]");
  if (foot) foot.dataset.of = "";
  sums();
}

// Who comes back to a list finds it as long as it was, where it stood: both are kept with this step of the browser's history.
let still = 0;
document.addEventListener("scroll", (event) => {
  if (!event.target.matches?.(".gridwrap")) return;
  clearTimeout(still);
  const { scrollTop: top } = event.target;
  still = setTimeout(() => history.replaceState({ ...history.state, place: { top, rows: count() } }, ""), STILL);
}, { capture: true, passive: true });

async function comeBack() {
  const { place } = history.state ?? {};
  const [list, address] = [one(".gridwrap"), location.href];
  if (!place || !list) return;
  for (let before = -1; count() < place.rows && count() > before;) {
    before = count();
    await more();
    if (location.href !== address) return;
  }
  list.scrollTop = place.top;
}

function start() {
  loaded = 0;
  watch();
  sums();
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-more]") || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  more().then(() => one("#more")?.focus());
});
afterSwap("#results", start);
start();
comeBack();
