// A canvas of steps, to look at: everything is put where the server laid it out; zoomed, and moved by dragging the ground.
import { all, isTyping, one } from "./dom.js";

const stage = one(".flow-canvas").closest(".design-stage, .flow-stage");
const canvas = () => one(".flow-canvas");
const isShown = () => canvas().getClientRects().length > 0;
let scale = 1;

/** Put everything where the server said. Inline styles are not allowed; what scripts set is. */
export function place() {
  const world = one(".flow-world");
  for (const each of all("[data-x]", world)) {
    each.style.left = `${each.dataset.x * scale}px`;
    each.style.top = `${each.dataset.y * scale}px`;
    if (!each.matches(".flow-plus")) each.style.scale = scale;
  }
  world.style.width = `${world.dataset.width * scale}px`;
  world.style.height = `${world.dataset.height * scale}px`;
  one(".flow-lines", world).style.transform = `scale(${scale})`;
  world.classList.add("placed");
  say();
}

/** Say how large the canvas is drawn; what fits is pressed. */
function say() {
  for (const each of all(".flow-scale")) each.value = `${Math.round(scale * 100)}%`;
  for (const each of all("[data-zoom=fit]")) each.ariaPressed = String(scale === fitting());
}

function zoom(to, at) {
  const before = scale;
  scale = Math.min(2, Math.max(0.3, to));
  const box = stage.getBoundingClientRect();
  const [x, y] = at ? [at.x - box.left, at.y - box.top] : [box.width / 2, box.height / 2];
  const [left, top] = [(stage.scrollLeft + x) * scale / before - x, (stage.scrollTop + y) * scale / before - y];
  place();
  stage.scrollTo(left, top);
}

const fitting = (least = 0.3, isWhole = true) => {
  const { width, height } = one(".flow-world").dataset;
  return Math.max(least, Math.min(1, (stage.clientWidth - 8) / width, isWhole ? (stage.clientHeight - 96) / height : 1));
};

function look(least, isWhole) {
  scale = fitting(least, isWhole);
  place();
  stage.scrollTo(canvas().dataset.flowing === "down" || isWhole ? (stage.scrollWidth - stage.clientWidth) / 2 : 0, 0);
}

const fit = () => look(0.3, true);
/** Show the beginning, as large as can be read. */
export const firstLook = () => look(0.62, false);

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-zoom]");
  if (button) ({ fit, in: () => zoom(scale * 1.2), out: () => zoom(scale / 1.2) })[button.dataset.zoom]();
});

const ZOOMS = { "+": 1.2, "=": 1.2, "-": 1 / 1.2 };
document.addEventListener("keydown", (event) => {
  const isHere = event.target === document.body || event.target.closest?.(".design-stage, .flow-stage");
  if (!isHere || !isShown() || isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "0") fit();
  else if (ZOOMS[event.key]) zoom(scale * ZOOMS[event.key]);
  else return;
  event.preventDefault();
});

stage.addEventListener("wheel", (event) => {
  if (!event.ctrlKey || !isShown()) return;
  event.preventDefault();
  zoom(scale * (event.deltaY < 0 ? 1.1 : 1 / 1.1), { x: event.clientX, y: event.clientY });
}, { passive: false });

stage.addEventListener("pointerdown", (event) => {
  if (event.button !== 0 || event.pointerType === "touch" || !event.target.closest(".flow-canvas") || event.target.closest("button, a")) return;
  const from = { x: event.clientX + stage.scrollLeft, y: event.clientY + stage.scrollTop };
  const ground = canvas();
  ground.setPointerCapture(event.pointerId);
  ground.classList.add("panning");
  const pan = (moved) => stage.scrollTo(from.x - moved.clientX, from.y - moved.clientY);
  ground.addEventListener("pointermove", pan);
  ground.addEventListener("pointerup", () => {
    ground.removeEventListener("pointermove", pan);
    ground.classList.remove("panning");
  }, { once: true });
});
