// The canvas of workflows: steps stand where the server laid them out; here they are walked and moved about.
import { all, announce, one, word } from "./dom.js";
import { firstLook, place } from "./flow_stage.js";
import { toast } from "./toast.js";
import { openMenu, operate, plusAfter, wireAdding } from "./design_flow_add.js";

const designer = one("#designer");
const canvas = () => one(".flow-canvas");
const nodes = () => all(".flow-canvas [data-node]");
const nodeOf = (id) => nodes().find((each) => each.dataset.node === id);
let current = "";

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
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);

document.addEventListener("click", (event) => {
  const view = event.target.closest("[data-flow-view]");
  const node = event.target.closest(".flow-canvas [data-node]");
  if (view) show(designer.dataset.flow === "outline" ? "canvas" : "outline", true);
  else if (node) {
    current = node.dataset.node;
    rove();
  }
});

function show(view, isWanted) {
  designer.dataset.flow = view;
  one("[data-flow-view]").setAttribute("aria-pressed", String(view === "outline"));
  if (isWanted) localStorage.setItem("tenon-flow-view", view);
  if (view === "canvas") putAll();
}

function putAll() {
  place();
  rove();
}

document.addEventListener("tenon:designed", putAll);
wireAdding(moveTo, (id) => {
  current = id;
  rove();
  walkTo(nodeOf(id));
});
show(localStorage.getItem("tenon-flow-view") || (matchMedia("(max-width: 820px)").matches ? "outline" : "canvas"));
firstLook();
rove();
