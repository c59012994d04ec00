// What carries things by pointer comes when a pointer is over them; a press made before it is there is repeated, unless it was let go.

/** SortableJS once it is there. */
export let Sortable = null;
let loading = null;

export function load() {
  loading ??= import("../vendor/sortable.js").then((found) => { Sortable = found.default; });
  return loading;
}

/** Call `wire` when a pointer is first over an area; `thing` is what is pressed in it. */
export function whenWanted(area, thing, wire) {
  let pressed = null;
  const start = () => load().then(wire);
  document.addEventListener("pointerover", (event) => { if (!loading && event.target.closest?.(area)) start(); }, { passive: true });
  document.addEventListener("pointerdown", async (event) => {
    if (Sortable || !event.target.closest?.(thing)) return;
    pressed = event;
    await start();
    if (pressed === event && event.target.isConnected) event.target.dispatchEvent(new PointerEvent("pointerdown", event));
  }, true);
  for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => { pressed = null; }, true);
}
