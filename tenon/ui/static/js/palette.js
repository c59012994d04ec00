// Search or jump to: Ctrl-K opens it, arrows choose, Enter goes.
import { all, one } from "./dom.js";

const palette = one("#palette");
const text = one("#palette-text");

export function openPalette() {
  if (!palette || palette.open) return;
  palette.showModal();
  text.value = "";
  text.focus();
  text.dispatchEvent(new Event("palette"));
}

function choose(hits, index) {
  hits.forEach((hit, at) => hit.setAttribute("aria-selected", String(at === index)));
  const hit = hits[index];
  if (!hit) return;
  text.setAttribute("aria-activedescendant", hit.id);
  hit.scrollIntoView({ block: "nearest" });
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-palette]")) openPalette();
  const hit = event.target.closest("#palette-list [data-href]");
  if (hit) location.assign(hit.dataset.href);
});

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openPalette();
    return;
  }
  if (!palette?.open || !["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) return;
  event.preventDefault();
  const hits = all("[data-href]", palette);
  const now = hits.findIndex((hit) => hit.getAttribute("aria-selected") === "true");
  if (event.key === "Enter") hits[now]?.click();
  else if (hits.length) choose(hits, (now + (event.key === "ArrowDown" ? 1 : hits.length - 1)) % hits.length);
});
