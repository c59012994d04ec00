// What waits for somebody: asked when a page opens and every half minute while it is looked at; notices are told as they come.
import { all, one } from "./dom.js";

const EVERY = 30000;
const COUNTED = 300000;
const KEPT = "tenon-menu-counts";
const SETTLED = 1500;
let asked = 0, stream = null;

const short = new Intl.NumberFormat(document.documentElement.lang, { notation: "compact", maximumFractionDigits: 1 });

function show(name, count) {
  for (const place of all(`[data-count="${CSS.escape(name)}"]`)) {
    place.hidden = !count;
    place.textContent = count ? short.format(count) : "";
  }
}

function showMenu(counts) {
  for (const [url, count] of Object.entries(counts)) show(url, count);
}

function keptCounts() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) || "{}");
  return kept.until > Date.now() && kept.who === one("#shell").dataset.who ? kept.counts : null;
}

async function ask() {
  const kept = keptCounts();
  if (kept) showMenu(kept);
  asked = Date.now();
  const answer = await fetch(`/pulse${kept ? "" : "?menu_counts=true"}`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || answer.status !== 200) return;
  const found = await answer.json();
  show("inbox", found.inbox);
  show("notices", found.notices);
  for (const place of all("#bell, [data-with=notices]")) place.hidden = found.notices === null;
  if (!found.menu) return;
  showMenu(found.menu);
  sessionStorage.setItem(KEPT, JSON.stringify({ until: Date.now() + COUNTED, who: one("#shell").dataset.who, counts: found.menu }));
}

// One stream for a page that is looked at; a hidden one has none, and a broken one comes back by itself.
function listen() {
  if (stream?.readyState === EventSource.CLOSED) stream = null;
  if (stream || document.visibilityState !== "visible" || !one("#bell") || one("#bell").hidden) return;
  stream = new EventSource("/api/v1/notices/stream");
  stream.addEventListener("notices", (event) => { show("notices", JSON.parse(event.data).unread); });
}

function hush() {
  stream?.close();
  stream = null;
}

if (one("#shell")) {
  setTimeout(listen, SETTLED);
  addEventListener("pagehide", hush);
  ask();
  setInterval(() => { if (document.visibilityState === "visible") { ask(); listen(); } }, EVERY);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return hush();
    listen();
    if (Date.now() - asked > EVERY) ask();
  });
  document.addEventListener("htmx:after:swap", (event) => { if (event.detail?.ctx?.target?.matches?.("#inbox, .notices")) ask(); });
}
