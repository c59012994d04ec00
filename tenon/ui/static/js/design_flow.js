// The canvas of workflows: steps stand where the server laid them out; here they are placed, walked, zoomed and moved about.
import { all, announce, one, word } from "./dom.js";
import { toast } from "./toast.js";
import { openMenu, operate, plusAfter, wireAdding } from "./design_flow_add.js";

const designer = one("#designer");
const stage = one(".design-stage");
const canvas = () => one(".flow-canvas");
const nodes = () => all(".flow-canvas [data-node]");
const nodeOf = (id) => nodes().find((each) => each.dataset.node === id);
let scale = 1;
let isFitted = true;
let current = "";

/** Put everything where the server said. Inline styles are not allowed; what scripts set is. */
function place() {
  const world = one(".flow-world");
  for (const each of all("[data-x]", world)) {
    each.style.left = `${each.dataset.x * scale}px`;
    each.style.top = `${each.dataset.y * scale}px`;
    if (!each.matches(".flow-plus")) each.style.scale = scale;
  }
  world.style.width = `${world.dataset.width * scale}px`;
  world.style.height = `${world.dataset.height * scale}px`;
  world.style.setProperty("--back", Math.max(1, Math.min(scale, 1.3)));
  one(".flow-lines", world).style.transform = `scale(${scale})`;
  world.classList.add("placed");
  rove();
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

function fit() {
  const world = one(".flow-world");
  const room = (stage.clientWidth - 8) / world.dataset.width;
  const high = (stage.clientHeight - 96) / world.dataset.height;
  scale = Math.max(0.3, Math.min(1, room, high));
  isFitted = true;
  place();
  stage.scrollTo((stage.scrollWidth - stage.clientWidth) / 2, 0);
}

function firstLook() {
  const world = one(".flow-world");
  scale = Math.max(0.62, Math.min(1, (stage.clientWidth - 8) / world.dataset.width));
  place();
  stage.scrollTo(canvas().dataset.flowing === "down" ? (stage.scrollWidth - stage.clientWidth) / 2 : 0, 0);
}

/** One node at a time is in the tab order: the last one, what is chosen, or what starts the workflow. */
function rove() {
  const now = nodeOf(current) || one(".flow-canvas .chosen") || nodes()[0];
  for (const each of nodes()) each.tabIndex = each === now ? 0 : -1;
}

function walkTo(node) {
  if (!node) return;
  current = node.dataset.node;
  rove();
  node.focus({ preventScroll: true });
  node.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** Return the nearest node beside another one, across the flow. */
function besideOf(node, by) {
  const isDown = canvas().dataset.flowing === "down";
  const [across, along] = isDown ? ["x", "y"] : ["y", "x"];
  let best = null;
  let least = Infinity;
  for (const each of nodes()) {
    const far = (each.dataset[across] - node.dataset[across]) * by;
    const away = Math.abs(each.dataset[along] - node.dataset[along]);
    const isAlong = [node.dataset.before, node.dataset.next].includes(each.dataset.node);
    if (far > 30 && away < 120 && !isAlong && far + 6 * away < least) [best, least] = [each, far + 6 * away];
  }
  return best;
}

function onArrow(node, key) {
  const isDown = canvas().dataset.flowing === "down";
  const [forward, back] = isDown ? ["ArrowDown", "ArrowUp"] : ["ArrowRight", "ArrowLeft"];
  if (key === forward) walkTo(nodeOf(node.dataset.next || "") === nodeOf("") ? null : nodeOf(node.dataset.next));
  else if (key === back) walkTo(nodeOf(node.dataset.before || ""));
  else walkTo(besideOf(node, ["ArrowRight", "ArrowDown"].includes(key) ? 1 : -1));
}

/** Move a step along the flow to the next place that takes it, a path among its own. */
function carry(node, key) {
  const by = ["ArrowDown", "ArrowRight"].includes(key) ? 1 : -1;
  const { node: id, group, place: home } = node.dataset;
  if (!id) return;
  if (group !== "step") {
    const to = Number(node.dataset.at) + by;
    if (to < 0 || to >= nodes().filter((each) => each.dataset.place === home).length) return;
    operate([{ op: "move", item: id, to: home, index: to }], id);
    return;
  }
  const inside = `${home}/${id}/`;
  const listed = all(".flow-canvas .flow-plus:not(.beside)").filter((each) => !each.dataset.plus.startsWith(inside));
  const own = listed.findIndex((each) => each.dataset.plus === home && Number(each.dataset.at) === Number(node.dataset.at));
  const target = listed[by > 0 ? own + 2 : own - 1];
  if (!target) return;
  moveTo(node, target);
}

function moveTo(node, plus) {
  const { node: id, place: home } = node.dataset;
  const at = Number(plus.dataset.at);
  const was = Number(node.dataset.at);
  const isSame = plus.dataset.plus === home;
  if (plus.dataset.plus.startsWith(`${home}/${id}/`) || (isSame && (at === was || at === was + 1))) return;
  operate([{ op: "move", item: id, to: plus.dataset.plus, index: isSame && at > was ? at - 1 : at }], id);
  announce(word("Moved."));
}

function remove(node) {
  const { node: id, before, next } = node.dataset;
  if (!id) return;
  const label = one("strong", node)?.textContent || node.textContent.trim();
  operate([{ op: "remove", item: id }], nodeOf(next)?.dataset.node && next !== id ? next : before || "");
  toast(word("{name} was removed. Ctrl Z brings it back.").replace("{name}", label));
}

const ZOOMS = { "+": 1.2, "=": 1.2, "-": 1 / 1.2 };
document.addEventListener("keydown", (event) => {
  const node = event.target.closest?.(".flow-canvas [data-node]");
  const item = event.target.closest?.(".flow-outline [data-item]");
  if (event.ctrlKey || event.metaKey) return;
  const { key } = event;
  if (item && event.target === item && key.toLowerCase() === "a") openMenu(one(`.flow-canvas .flow-plus[data-after="${CSS.escape(item.dataset.item)}"]`), item);
  else if (!node) return;
  else if (event.altKey && key.startsWith("Arrow")) carry(node, key);
  else if (event.altKey) return;
  else if (key.startsWith("Arrow")) onArrow(node, key);
  else if (key.toLowerCase() === "a") openMenu(plusAfter(node), node);
  else if (key === "Enter") document.dispatchEvent(new CustomEvent("tenon:choose", { detail: { id: node.dataset.choose, focus: true } }));
  else if (key === "Delete" || key === "Backspace") remove(node);
  else if (key === "0") fit();
  else if (ZOOMS[key]) zoom(scale * ZOOMS[key]);
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-zoom]");
  const view = event.target.closest("[data-flow-view]");
  const node = event.target.closest(".flow-canvas [data-node]");
  if (button) button.dataset.zoom === "fit" ? fit() : zoom(scale * (button.dataset.zoom === "in" ? 1.2 : 1 / 1.2));
  else if (view) show(designer.dataset.flow === "outline" ? "canvas" : "outline", true);
  else if (node) {
    current = node.dataset.node;
    rove();
  }
});

stage.addEventListener("wheel", (event) => {
  if (!event.ctrlKey || designer.dataset.flow === "outline") return;
  event.preventDefault();
  zoom(scale * (event.deltaY < 0 ? 1.1 : 1 / 1.1), { x: event.clientX, y: event.clientY });
}, { passive: false });

// Dragging the ground moves the view.
stage.addEventListener("pointerdown", (event) => {
  if (event.button !== 0 || event.pointerType === "touch" || !event.target.closest(".flow-canvas") || event.target.closest("button")) return;
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

function show(view, isWanted) {
  designer.dataset.flow = view;
  one("[data-flow-view]").setAttribute("aria-pressed", String(view === "outline"));
  if (isWanted) localStorage.setItem("tenon-flow-view", view);
  if (view === "canvas") place();
}

document.addEventListener("tenon:designed", place);
wireAdding(moveTo, (id) => {
  current = id;
  rove();
  walkTo(nodeOf(id));
});
show(localStorage.getItem("tenon-flow-view") || (matchMedia("(max-width: 820px)").matches ? "outline" : "canvas"));
firstLook();
