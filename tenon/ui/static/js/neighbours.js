// Previous and next record in the list one came from: the list is kept for this tab when a record is opened from it.
import { all, one, word } from "./dom.js";

const KEPT = "tenon-list";
const RECORD = /^\/records\/([a-z0-9_]+)\/([0-9a-f-]{36})$/;

/** Return entity and id of an address of a record, or null. */
function read(href) {
  const found = RECORD.exec(new URL(href, location.href).pathname);
  return found && { entity: found[1], id: found[2] };
}

document.addEventListener("click", (event) => {
  const place = event.target.closest?.("[data-href], a[href^='/records/']");
  const list = place?.closest("table, .board, .gallery, [data-list]");
  const opened = place && read(place.dataset.href || place.getAttribute("href"));
  if (!list || !opened) return;
  const rows = all("tr[data-href], a[href^='/records/']", list).map((each) => read(each.dataset.href || each.getAttribute("href")));
  const ids = [...new Set(rows.filter((each) => each?.entity === opened.entity).map((each) => each.id))];
  sessionStorage.setItem(KEPT, JSON.stringify({ entity: opened.entity, ids, from: location.pathname + location.search }));
}, true);

function step(id, entity, icon, key, text) {
  const link = Object.assign(document.createElement("a"), { className: "button ghost small square", title: `${text} (${key.toUpperCase()})` });
  link.setAttribute("aria-label", text);
  link.dataset.key = key;
  if (id) link.href = `/records/${entity}/${id}`;
  else link.setAttribute("aria-disabled", "true");
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  picture.setAttribute("class", "icon");
  picture.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", one(".crumbs use").getAttribute("href").replace(/#.*$/, `#${icon}`));
  picture.append(use);
  link.append(picture);
  return link;
}

function show() {
  const place = one("[data-neighbours]");
  const kept = JSON.parse(sessionStorage.getItem(KEPT) || "null");
  const at = kept && place ? kept.ids.indexOf(place.dataset.neighbours) : -1;
  if (at < 0 || kept.ids.length < 2) return;
  const count = Object.assign(document.createElement("a"), { className: "quiet", href: kept.from, textContent: `${at + 1} / ${kept.ids.length}` });
  count.title = word("Back to the list");
  place.replaceChildren(
    count, step(kept.ids[at - 1], kept.entity, "chevron-up", "k", word("Previous record")), step(kept.ids[at + 1], kept.entity, "chevron-down", "j", word("Next record")),
  );
  place.hidden = false;
}

show();
