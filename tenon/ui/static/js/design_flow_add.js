// Putting steps into workflows: a menu at every plus, steps carried from the palette or from elsewhere to a plus nearby.
import { all, announce, isTyping, one, word } from "./dom.js";
import { toast } from "./toast.js";

const SNAP = 48;
const EDGE = 36;
const STEP = 14;
const menu = one("#flow-menu");
const search = one("#flow-search");
let target = null;
let from = null;
let settle = () => {};
let isCarried = false;

/** Send operations; then the node with an id, or what is chosen then, has the focus. */
export async function operate(operations, focus = "chosen") {
  const detail = { operations, focus };
  document.dispatchEvent(new CustomEvent("tenon:design", { detail }));
  await detail.answered;
  if (one("#designer").dataset.flow !== "outline") settle(focus === "chosen" ? one("#design-panel").dataset.panel : focus);
}

/** Return where a step comes that is added after a node: a path takes it as its first. */
export function plusAfter(node) {
  const after = node.dataset.node;
  const listed = all(".flow-canvas .flow-plus:not(.beside)").filter((each) => each.dataset.after === after);
  return listed.find((each) => each.dataset.plus === node.dataset.place) || listed[0];
}

function put(plus, value) {
  if (!plus) return;
  operate([{ op: "insert", at: plus.dataset.plus, index: Number(plus.dataset.at), value }]);
  announce(word("Added."));
}

/** Put in a step of the sort of a palette's, as it is where the plus stands. */
function putLike(plus, value) {
  const offers = all("[data-put]", one(`template[data-menu="${CSS.escape(plus.dataset.about)}"]`).content).map((each) => JSON.parse(each.dataset.put));
  const found = offers.find((each) => each.type === value.type);
  if (found) put(plus, found);
  else toast(word("This step cannot stand here."));
}

export function openMenu(plus, opener = plus) {
  if (!plus) return;
  [target, from] = [{ ...plus.dataset }, opener];
  const template = one(`template[data-menu="${CSS.escape(plus.dataset.about)}"]`);
  one(".flow-choices", menu).replaceChildren(template.content.cloneNode(true));
  search.value = "";
  find();
  menu.showPopover();
  const box = (plus.getClientRects().length ? plus : opener).getBoundingClientRect();
  menu.style.left = `${Math.max(8, Math.min(box.right + 8, innerWidth - menu.offsetWidth - 8))}px`;
  menu.style.top = `${Math.max(8, Math.min(box.top, innerHeight - menu.offsetHeight - 12))}px`;
  search.focus();
}

const shown = () => all("[data-put]", menu).filter((each) => !each.hidden);

function find() {
  const sought = search.value.trim().toLowerCase();
  for (const each of all("[data-put]", menu)) each.hidden = !each.textContent.toLowerCase().includes(sought);
  for (const group of all("section", menu)) group.hidden = !all("[data-put]", group).some((each) => !each.hidden);
  one(".flow-none", menu).hidden = shown().length > 0;
}

function choose(button) {
  const plus = { dataset: target };
  menu.hidePopover();
  put(plus, JSON.parse(button.dataset.put));
}

search.addEventListener("input", find);
menu.addEventListener("click", (event) => {
  const button = event.target.closest("[data-put]");
  if (button) choose(button);
});
menu.addEventListener("keydown", (event) => {
  const listed = [search, ...shown()];
  const at = listed.indexOf(document.activeElement);
  if (event.key === "ArrowDown") listed[(at + 1) % listed.length].focus();
  else if (event.key === "ArrowUp") listed[(at + listed.length - 1) % listed.length].focus();
  else if (event.key === "Enter" && document.activeElement === search && listed[1]) choose(listed[1]);
  else if (event.key === "Escape") {
    menu.hidePopover();
    from?.focus();
  } else return;
  event.preventDefault();
  event.stopPropagation();
});

function near(x, y) {
  let [best, least] = [null, SNAP];
  for (const each of all(".flow-canvas .flow-plus")) {
    const box = each.getBoundingClientRect();
    const far = Math.hypot(box.x + box.width / 2 - x, box.y + box.height / 2 - y);
    if (far < least) [best, least] = [each, far];
  }
  return best;
}

/** Bring more of the canvas into view when something is carried to its edge. */
function scrollNear({ clientX, clientY }) {
  const stage = one(".design-stage");
  const box = stage.getBoundingClientRect();
  const by = (at, start, end) => at > start && at < start + EDGE ? -STEP : at < end && at > end - EDGE ? STEP : 0;
  stage.scrollBy(by(clientX, box.left, box.right), by(clientY, box.top, box.bottom));
}

/** Follow a pointer that may carry something; `drop` is told the plus that it was let go over. */
function follow(event, source, drop) {
  const start = { x: event.clientX, y: event.clientY };
  let flying = null;
  let over = null;
  const move = (moved) => {
    if (!flying) {
      if (Math.hypot(moved.clientX - start.x, moved.clientY - start.y) < 5) return;
      flying = source.cloneNode(true);
      for (const attribute of ["id", "style", "data-value", "data-node", "data-choose"]) flying.removeAttribute(attribute);
      flying.classList.add("flow-flying");
      document.body.append(flying);
      document.body.classList.add("is-carrying");
      source.classList.add("flow-carried");
    }
    scrollNear(moved);
    flying.style.transform = `translate(${moved.clientX + 10}px, ${moved.clientY + 10}px)`;
    const found = near(moved.clientX, moved.clientY);
    if (found !== over) {
      over?.classList.remove("near");
      found?.classList.add("near");
      over = found;
    }
  };
  const end = (ended) => {
    removeEventListener("pointermove", move, true);
    removeEventListener("pointerup", end, true);
    removeEventListener("pointercancel", end, true);
    if (!flying) return;
    flying.remove();
    document.body.classList.remove("is-carrying");
    source.classList.remove("flow-carried");
    over?.classList.remove("near");
    isCarried = true;
    setTimeout(() => { isCarried = false; });
    if (over && ended.type === "pointerup") drop(over);
  };
  addEventListener("pointermove", move, true);
  addEventListener("pointerup", end, true);
  addEventListener("pointercancel", end, true);
}

export function wireAdding(moveTo, focus) {
  settle = focus;
  const isOutline = () => one("#designer").dataset.flow === "outline";
  document.addEventListener("pointerdown", (event) => {
    const source = event.target.closest?.("#design-palette [data-value]");
    const node = event.target.closest?.(".flow-canvas [data-group=step]");
    if (event.button !== 0 || event.pointerType === "touch" || isOutline()) return;
    if (source) {
      event.stopPropagation();
      follow(event, source, (plus) => putLike(plus, JSON.parse(source.dataset.value)));
    } else if (node) follow(event, node, (plus) => moveTo(node, plus));
  }, true);
  document.addEventListener("click", (event) => {
    const source = event.target.closest?.("#design-palette [data-value]");
    const plus = event.target.closest?.("[data-plus]");
    if (isCarried) event.stopPropagation();
    else if (plus) openMenu(plus);
    else if (source && !isOutline()) {
      event.stopPropagation();
      const node = one(".flow-canvas .chosen") || one("#node-start");
      const last = all(`.flow-canvas .flow-plus[data-plus="/steps"]`).at(-1);
      putLike((node.matches(".start") ? last : plusAfter(node)) || last, JSON.parse(source.dataset.value));
    }
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.key === "a" && event.target.closest?.(".flow-plus") && !isTyping(event.target)) openMenu(event.target.closest(".flow-plus"));
  });
}
