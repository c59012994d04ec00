// Search or jump to: Ctrl-K opens it, arrows choose, Enter goes or presses a button of the page.
import { all, announce, one, word } from "./dom.js";

const palette = one("#palette");
const text = one("#palette-text");
let isHasty = false;

function openPalette() {
  if (!palette || palette.open) return;
  palette.showModal();
  text.value = "";
  text.focus();
  isHasty = false;
  ask();
}

/** Ask for what was looked at last, as soon as there is somebody to ask: right after loading, htmx is still to come. */
function ask() {
  if (text.hasAttribute("data-htmx-powered")) text.dispatchEvent(new Event("palette"));
  else setTimeout(ask, 20);
}

const hitsOf = () => all("[data-href], [data-presses]", palette);

/** True while the hits are those of what stood there before: they are shown, but not taken. */
const isAsking = () => one("#palette-list [data-asked]")?.dataset.asked !== text.value;

function choose(hits, index) {
  hits.forEach((hit, at) => hit.setAttribute("aria-selected", String(at === index)));
  const hit = hits[index];
  if (!hit) return;
  text.setAttribute("aria-activedescendant", hit.id);
  hit.scrollIntoView({ block: "nearest" });
}

function follow(hit) {
  if (!hit) return;
  if (hit.dataset.href) { location.assign(hit.dataset.href); return; }
  palette.close();
  one(`[data-press="${hit.dataset.presses}"]`)?.click();
}

const chosen = () => hitsOf().find((hit) => hit.getAttribute("aria-selected") === "true");

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-palette]")) openPalette();
  follow(event.target.closest("#palette-list [data-href], #palette-list [data-presses]"));
});

text?.addEventListener("input", () => { isHasty = false; });
// Somebody who types and presses Enter at once means what they typed, not what was found before.
document.addEventListener("htmx:after:swap", (event) => {
  if (event.detail?.ctx?.sourceElement !== text) return;
  const hits = hitsOf();
  text.setAttribute("aria-activedescendant", hits[0]?.id ?? "");
  announce(hits.length ? word("Hits: {count}").replace("{count}", hits.length) : one("#palette-list").textContent.trim());
  if (isHasty && !isAsking()) {
    isHasty = false;
    follow(chosen());
  }
});

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openPalette();
    return;
  }
  if (!palette?.open || event.isComposing || !["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) return;
  event.preventDefault();
  const hits = hitsOf();
  const now = hits.indexOf(chosen());
  if (event.key !== "Enter") { if (hits.length) choose(hits, (now + (event.key === "ArrowDown" ? 1 : hits.length - 1)) % hits.length); }
  else if (isAsking()) isHasty = true;
  else follow(hits[now]);
});
