// Where the focus is when what it stands in is put in anew.
import { all, one } from "./dom.js";

const nameOf = (element) => element.getAttribute("aria-label") || element.textContent;

/** True when somebody has gone on to something beside the canvas since they asked: they stay there. */
export function hasGoneOn(from) {
  const now = document.activeElement;
  return Boolean(from?.isConnected) && now !== from && now !== document.body && !now.closest("#design-canvas");
}

/** Return what gives the focus back when parts of the page were put in anew: to the same item of the canvas, else to what has the same id or name. */
export function keepFocus() {
  const now = document.activeElement || document.body;
  const held = now.matches("#design-canvas [data-item]") ? `#design-canvas [data-item="${CSS.escape(now.dataset.item)}"]` : "";
  const part = now.closest("#design-palette, #design-bar, #design-panel")?.id;
  const named = part && !now.id ? { tag: now.tagName, name: nameOf(now) } : null;
  const resume = keepWriting();
  return () => {
    if (resume()) return;
    if (!held && document.activeElement && document.activeElement !== document.body) return;
    const same = named && all(named.tag, document.getElementById(part)).find((each) => nameOf(each) === named.name);
    (held ? one(held) : now.id ? document.getElementById(now.id) : same)?.focus({ preventScroll: true });
  };
}

/** Return what goes on with an expression of the properties that is half written, in the editor of the same place that stands there now; it says whether there was one. */
function keepWriting() {
  const box = document.activeElement?.closest("#design-panel tn-expression");
  if (!box?.isHalfSaid) return () => false;
  const { area, caret } = box;
  return () => {
    const made = area.isConnected ? null : one(`#design-panel textarea[data-at="${CSS.escape(area.dataset.at)}"]`);
    made?.closest("tn-expression").goOn(area.value, caret);
    return Boolean(made);
  };
}
