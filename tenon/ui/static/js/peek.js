// A record beside its list: a click on its name opens it, arrows walk the records, Escape closes; Ctrl-click opens the page.
import { all, one } from "./dom.js";
import { parse } from "./address.js";
import { select } from "./grid.js";

const panel = one("#glance");
const isPhone = matchMedia("(max-width: 820px)");
let current = null;

async function show(row) {
  if (!row) return;
  mark(row);
  const link = one("[data-peek]", row);
  const answer = await fetch(`${link.getAttribute("href")}?peek=1`, { headers: { "HX-Request": "true" } });
  const text = answer.ok ? await answer.text() : "";
  if (current !== row.dataset.id) return; // somebody went on meanwhile, or closed it
  if (!answer.ok) {
    location.assign(link.href);
    return;
  }
  const place = one("[data-glance]", panel);
  place.replaceChildren(parse(text));
  htmx.process(place);
  if (!panel.open) panel.show();
  one("h2 a", panel).focus();
  row.scrollIntoView({ block: "nearest" });
}

function mark(row) {
  for (const each of all(".sheet tr.peeked")) each.classList.remove("peeked");
  current = row?.dataset.id ?? null;
  row?.classList.add("peeked");
}

function close() {
  const row = current && document.getElementById(`row-${current}`);
  panel.close();
  mark(null);
  if (row) select(one("[data-field]", row));
}

function step(by) {
  const rows = all(".sheet tr[data-id]");
  show(rows[rows.findIndex((row) => row.dataset.id === current) + by]);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-peek]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && !isPhone.matches) {
    event.preventDefault();
    show(link.closest("tr"));
  }
  if (event.target.closest("[data-close-peek]")) close();
  const stepper = event.target.closest("[data-glance-step]");
  if (stepper) step(Number(stepper.dataset.glanceStep));
});

panel?.addEventListener("keydown", (event) => {
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  if (event.key === "Escape") {
    event.preventDefault();
    close();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    step(event.key === "ArrowDown" ? 1 : -1);
  }
});
document.addEventListener("htmx:after:swap", () => { if (current) mark(document.getElementById(`row-${current}`)); });
