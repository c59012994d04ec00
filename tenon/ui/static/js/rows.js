// Rows of a table lead to their record; arrows walk the titles.
import { all } from "./dom.js";

document.addEventListener("click", (event) => {
  const row = event.target.closest("tr[data-href]");
  if (!row || event.target.closest("a, button, input, label, select") || String(getSelection())) return;
  if (event.ctrlKey || event.metaKey) window.open(row.dataset.href, "_blank", "noopener");
  else location.assign(row.dataset.href);
});

document.addEventListener("keydown", (event) => {
  if (!["ArrowDown", "ArrowUp"].includes(event.key) || event.defaultPrevented || !event.target.matches?.(".grid .title a, .gridwrap, .tablewrap")) return;
  const titles = all(".title a", event.target.closest(".gridwrap, .tablewrap"));
  const now = titles.indexOf(event.target);
  const next = titles[event.key === "ArrowDown" ? now + 1 : now - 1];
  if (!next) return;
  event.preventDefault();
  next.focus();
});
