// The map of the entities: what belongs to the box under the mouse or the focus stands out.
import { all, one } from "./dom.js";

const map = one(".entity-map");

function show(event) {
  const name = event.target.closest?.("[data-entity]")?.dataset.entity;
  map.classList.toggle("looking", Boolean(name));
  const near = new Set([name]);
  for (const line of all("[data-from]", map)) {
    const isNear = line.dataset.from === name || line.dataset.to === name;
    line.classList.toggle("near", isNear);
    if (isNear) near.add(line.dataset.from).add(line.dataset.to);
  }
  for (const box of all("[data-entity]", map)) box.classList.toggle("near", near.has(box.dataset.entity));
}
for (const kind of ["mouseover", "focusin", "focusout", "mouseleave"]) map?.addEventListener(kind, show);
