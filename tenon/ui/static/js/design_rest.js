// What is in somebody's hand: drawing the canvas anew would take it away, so that waits until it is let go.
let left = null; // what was written in and then left
document.addEventListener("change", ({ target }) => { left = target; }, true);
document.addEventListener("input", () => { left = null; }, true);

/** True while something is carried over the canvas, or somebody writes in it what is kept when it is left. */
function isHeld() {
  const at = document.activeElement;
  const isWritten = at?.matches("#design-canvas input[type=text], #design-canvas textarea") && at.value !== at.defaultValue && left !== at;
  return isWritten || document.body.classList.contains("is-dragging");
}

/** Wait until the canvas may be drawn anew. */
export async function atRest() {
  while (isHeld()) await new Promise((done) => setTimeout(done, 30));
}
