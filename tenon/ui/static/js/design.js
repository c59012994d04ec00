// A designer: what is done on the canvas goes to the server as operations on the document, which answers with the canvas.
// Lists (data-list: a place in the document) hold items (data-item: an id); palettes hold what can be inserted (data-value).
import { all, announce, isTyping, one, word } from "./dom.js";
import { parse, send } from "./address.js";
import { toast } from "./toast.js";
import { Sortable, whenWanted } from "./carrying.js";
import "./expression.js";
import { findAgain, looked } from "./design_palette.js";
import { hasGoneOn, keepFocus } from "./design_focus.js";
import { atRest } from "./design_rest.js";
import "./design_fields.js";
import "./design_pairs.js";

const designer = one("#designer");
const wired = new WeakSet();
let chosen = designer.dataset.chosen || "";
let waiting = Promise.resolve();
let typing = 0;
let pending = [];

const itemOf = (id) => one(`#design-canvas [data-item="${CSS.escape(id)}"]`);
const items = () => all("#design-canvas [data-item]");
const childrenOf = (list) => all(":scope > [data-item]", list);
const labelOf = (item) => item.getAttribute("aria-label") || "";

/** Do something when everything asked before is answered and shown: what it looks at on the canvas is what its author sees. */
function inTurn(what) {
  const mine = waiting.then(what).catch(() => toast(word("The server could not answer. Try again in a moment.")));
  waiting = mine;
  designer.classList.add("busy");
  return mine.finally(() => { if (waiting === mine) designer.classList.remove("busy"); });
}

/** Send one step; steps go one after another, each over what the one before made. */
const act = (values, after = {}, from = document.activeElement) => inTurn(() => request(values, { ...after, from }));

async function request(values, { focus, from, isTyped }) {
  const body = new FormData();
  for (const [key, value] of Object.entries({ item: chosen, revision: one("#design-bar").dataset.revision, ...values })) body.append(key, value);
  const answer = await send(designer.dataset.url, body);
  const part = parse(await answer.text());
  await atRest();
  if (!answer.ok) return refuse(answer, part, isTyped);
  const elsewhere = one("[data-go]", part);
  if (elsewhere) return location.assign(elsewhere.dataset.go);
  one("#design-refused").replaceChildren();
  const isAway = hasGoneOn(from);
  take(part, isTyped);
  if (values.way) announce(values.way === "redo" ? word("Redone.") : word("Undone."));
  if (focus && !isAway) (itemOf(focus === "chosen" ? chosen : focus) || one("#design-canvas [data-item]"))?.focus({ preventScroll: false });
  return null;
}

/** Say why; what was carried goes back to where it was, what was typed stays. */
function refuse(answer, part, isTyped) {
  const told = one("#design-refused", part);
  if (told) one("#design-refused").replaceWith(told);
  else toast(word("The server could not answer. Try again in a moment."));
  return isTyped ? null : refresh();
}

/** True while somebody writes something that was not sent yet. */
const isWriting = () => pending.length > 0 || document.activeElement?.matches("#design-panel input[type=text], #design-panel textarea, #design-panel .expression-box");

/** Put the parts of an answer where they belong; while somebody types, the properties stay as they are. */
function take(part, isTyped) {
  const open = all("#design-panel details[open]").map((each) => one("summary", each).textContent);
  const unfolded = all("#design-canvas details[open][data-unfolded]").map((each) => each.dataset.unfolded);
  const scrolled = one(".design-pane.properties")?.scrollTop || 0;
  const refocus = keepFocus();
  for (const id of ["design-canvas", "design-palette", "design-bar", "design-troubles", "design-label", "design-panel"]) {
    const made = one(`#${id}`, part);
    if (!made) continue;
    if (id === "design-panel" && (isTyped || pending.length || (isTyped !== false && isWriting())) && made.dataset.panel === one("#design-panel").dataset.panel) {
      follow(made);
      continue;
    }
    if (id === "design-label") moveTo(made.dataset.url);
    if (id === "design-panel") chosen = made.dataset.panel;
    const sought = id === "design-palette" ? looked() : null;
    keepWhole(document.getElementById(id), made);
    document.getElementById(id).replaceWith(made);
    htmx.process(made);
    if (sought) findAgain(sought);
  }
  for (const details of all("#design-panel details")) if (open.includes(one("summary", details).textContent)) details.open = true;
  for (const details of all("#design-canvas [data-unfolded]")) if (unfolded.includes(details.dataset.unfolded)) details.open = true;
  const pane = one(".design-pane.properties");
  if (pane) pane.scrollTop = scrolled;
  refocus();
  mark();
  wire();
  document.dispatchEvent(new CustomEvent("tenon:designed"));
}

/** What was loaded into the canvas and is still the same (data-keep: what it is made of) stays instead of being asked for again. */
function keepWhole(before, made) {
  for (const place of all("[data-keep]", made)) {
    const kept = one(`[data-keep="${CSS.escape(place.dataset.keep)}"]`, before);
    if (kept) place.replaceWith(kept);
  }
}

const isWrittenIn = (place) => place.contains(document.activeElement) || place.isHalfSaid;

/** Show what else a step changed while the properties stay as they are: the title, and texts that nobody is writing. */
function follow(made) {
  const head = one(".panel-head", made);
  if (head) one("#design-panel .panel-head")?.replaceWith(head);
  for (const input of all("input[type=text][data-at], textarea[data-at]", made)) {
    const now = document.getElementById(input.id);
    const expression = now?.closest("tn-expression");
    if (!now || isWrittenIn(expression || now) || pending.some((each) => each.at === input.dataset.at)) continue;
    now.value = input.value;
    expression?.takeOver();
  }
}

function moveTo(url) {
  if (!url || url === designer.dataset.url) return;
  designer.dataset.url = url;
  history.replaceState(history.state, "", url);
}

async function refresh() {
  const answer = await fetch(`${designer.dataset.url}/part?item=${encodeURIComponent(chosen)}`, { headers: { "HX-Request": "true" } });
  const part = parse(await answer.text());
  await atRest();
  if (answer.ok) take(part, false);
}

function mark() {
  for (const item of items()) {
    item.classList.toggle("chosen", item.dataset.item === chosen);
    if (item.dataset.item === chosen) item.setAttribute("aria-current", "true");
    else item.removeAttribute("aria-current");
  }
}

function choose(id, { focus } = {}) {
  const from = document.activeElement;
  let isAway = false; // who has gone elsewhere meanwhile stays there
  const leave = ({ target }) => { isAway = target !== from && target !== itemOf(id); };
  document.addEventListener("focusin", leave);
  flush();
  return inTurn(async () => {
    chosen = id;
    mark();
    await refresh();
    document.removeEventListener("focusin", leave);
    showPane("panel", { isQuiet: !focus });
    if (focus && !isAway) one("#design-panel input:not([type=hidden]), #design-panel textarea, #design-panel select")?.focus();
  });
}

/** Send operations; those that depend on what the canvas shows come as a function, which is asked when their turn has come. */
function operate(operations, after, from = document.activeElement) {
  return inTurn(() => {
    const made = typeof operations === "function" ? operations() : operations;
    return made && request({ operations: JSON.stringify(made) }, { ...after, from });
  });
}
const placeIn = (list) => list.dataset.list;
/** What every item of a list has in common (data-sets); such a list shows some of the items of its place, in their order there (data-order). */
const setsOf = (list) => JSON.parse(list.dataset.sets || "null");
/** What is put into a list as the list calls it (data-renames): points where weights are counted are weights. */
const renamed = (list, value) => Object.fromEntries(Object.entries(value).map(([key, each]) => [JSON.parse(list.dataset.renames || "{}")[key] || key, each]));
const accepts = (list, group) => (list.dataset.accepts || "").split(" ").includes(group);

/** Insert something from the palette: into a list at an index, or after what is chosen. */
function insert(source, list, index) {
  const after = { focus: "chosen" };
  operate(list ? inserted(source, list, index) : () => inserted(source), after);
  announce(word("Added."));
}

function inserted(source, list, index) {
  const group = source.dataset.group;
  const value = JSON.parse(source.dataset.value);
  if (!list) {
    const now = chosen ? itemOf(chosen) : null;
    const around = now ? [now.closest("[data-list]"), now.closest("[data-list]")?.parentElement?.closest("[data-list]"), ...all("[data-list]", now)] : [];
    list = [...around, ...all("#design-canvas [data-list]")].find((each) => each && accepts(each, group));
    if (!list) return null;
    const sibling = childrenOf(list).find((each) => each === now || each.contains(now));
    index = sibling ? childrenOf(list).indexOf(sibling) + 1 : childrenOf(list).length;
  }
  const { below } = source.dataset;
  const to = below ? { at: `${placeIn(list)}/${below}` } : { at: placeIn(list), index: indexIn(list, childrenOf(list).filter((each) => each !== source), index) };
  return [{ op: "insert", ...to, value: { ...setsOf(list), ...renamed(list, value) } }];
}

function moved(item, list, index) {
  const id = item.dataset.item;
  const rest = childrenOf(list).filter((each) => each !== item);
  const sets = Object.entries(setsOf(list) || {}).map(([key, value]) => ({ op: "set", at: `${placeIn(list)}/${id}/${key}`, value }));
  return [{ op: "move", item: id, to: placeIn(list), index: indexIn(list, rest, index, item) }, ...sets];
}

/** Return where an item comes to stand in the place of a list, which may hold more than the list shows. */
function indexIn(list, rest, index, item) {
  if (!setsOf(list)) return index;
  const [before, after] = [rest[index - 1], rest[index]];
  const at = after ? Number(after.dataset.order) : before ? Number(before.dataset.order) + 1 : undefined;
  return at !== undefined && item?.dataset.home === placeIn(list) && Number(item.dataset.order) < at ? at - 1 : at;
}

function remove(id) {
  const after = {};
  operate(() => removed(id, after), after);
}

function removed(id, after) {
  const at = items().findIndex((each) => each.dataset.item === id);
  const label = itemOf(id) ? labelOf(itemOf(id)) : "";
  const inside = new Set(all("[data-item]", itemOf(id) || document.createElement("i")));
  const next = items().slice(at + 1).find((each) => !inside.has(each)) || items()[at - 1];
  if (chosen === id) chosen = "";
  after.focus = next?.dataset.item;
  toast(word("{name} was removed. Ctrl Z brings it back.").replace("{name}", label));
  return [{ op: "remove", item: id }];
}

// Dragging with mouse or finger.
function wire() {
  if (!Sortable) return;
  const lists = all("#design-canvas [data-list], #design-palette [data-source]").filter((each) => !wired.has(each));
  const base = {
    forceFallback: true, fallbackOnBody: true, fallbackTolerance: 4, delay: 180, delayOnTouchOnly: true, touchStartThreshold: 6, scroll: true,
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120, ghostClass: "design-ghost", fallbackClass: "design-flying",
    onStart: () => document.body.classList.add("is-dragging"),
  };
  for (const list of lists) {
    if (wired.has(list) || !list.isConnected) continue;
    wired.add(list);
    const isPalette = list.dataset.source !== undefined;
    const fits = (_to, _from, carried) => accepts(list, carried.dataset.group);
    new Sortable(list, {
      ...base, draggable: isPalette ? "[data-value]" : list.dataset.placed !== undefined ? "[data-sorted]" : "[data-item]", handle: list.dataset.grips !== undefined ? "[data-grip]" : undefined,
      group: { name: "design", pull: isPalette ? "clone" : true, put: isPalette ? false : fits }, sort: !isPalette,
      filter: "input, select, textarea, [data-remove-item]", preventOnFilter: false,
      onEnd: (event) => drop(event),
    });
  }
  designer.dataset.wired = "";
}

function drop({ item, from, to, clone, oldDraggableIndex, newDraggableIndex, originalEvent }) {
  document.body.classList.remove("is-dragging");
  for (const each of all("#designer [style]")) each.removeAttribute("style");
  if (item.dataset.value !== undefined) {
    if (to === from) return;
    const index = [...to.children].filter((each) => each === item || each.matches("[data-item]")).indexOf(item);
    if (clone?.isConnected) clone.replaceWith(item);
    else from.append(item);
    const point = originalEvent?.changedTouches?.[0] || originalEvent;
    if (to.dataset.placed !== undefined && point) document.dispatchEvent(new CustomEvent("tenon:place", { detail: { value: JSON.parse(item.dataset.value), x: point.clientX, y: point.clientY } }));
    else insert(item, to, index);
    return;
  }
  if (from === to && oldDraggableIndex === newDraggableIndex) return;
  operate(moved(item, to, childrenOf(to).indexOf(item)), { focus: item.dataset.item });
}

// Choosing, and the buttons.
document.addEventListener("click", (event) => {
  const source = event.target.closest("#design-palette [data-value]");
  const way = event.target.closest("[data-way]");
  const gone = event.target.closest("[data-remove-item]");
  const choice = event.target.closest("[data-choose]");
  const pane = event.target.closest("[data-pane]");
  const build = event.target.closest("[data-build]");
  const operations = event.target.closest("[data-operations]");
  const icon = event.target.closest("[data-pick-icon]");
  if (source) insert(source);
  else if (operations) operate(() => JSON.parse(nowOf(operations).dataset.operations), { focus: operations.dataset.focus || "" });
  else if (way) act({ way: way.dataset.way });
  else if (gone) remove(gone.dataset.removeItem);
  else if (choice) choose(choice.dataset.choose);
  else if (pane) showPane(pane.dataset.pane);
  else if (build) import("./design_conditions.js").then(({ open }) => open(build));
  else if (icon) import("./design_icons.js").then(({ open }) => open(icon));
  else if (!event.target.closest("summary, select, input, label, button, [data-stage]")) {
    const item = event.target.closest("#design-canvas [data-item]");
    if (item && item.dataset.item !== chosen) choose(item.dataset.item);
  }
});

/** On a phone one part of the designer is in sight at a time. */
function showPane(name, { isQuiet } = {}) {
  if (isQuiet && !matchMedia("(max-width: 820px)").matches) return;
  one("[data-panes]").dataset.shown = name;
  for (const tab of all("[data-pane]")) tab.setAttribute("aria-pressed", String(tab.dataset.pane === name));
}

/** What a button of the properties has become when everything pressed before it is shown. */
function nowOf(button) {
  if (button.isConnected) return button;
  const about = (each) => `${labelOf(each) || each.textContent} ${each.closest("[role=group]")?.getAttribute("aria-label")}`;
  const found = all("#design-panel [data-operations]").filter((each) => about(each) === about(button));
  return found.length === 1 ? found[0] : button;
}

// Keys on the canvas.
document.addEventListener("keydown", (event) => {
  const isCommand = event.ctrlKey || event.metaKey;
  if (isCommand && event.key.toLowerCase() === "z" && (event.target.matches("select") || !isTyping(event.target))) {
    event.preventDefault();
    flush();
    act({ way: event.shiftKey ? "redo" : "undo" });
    return;
  }
  const item = event.target.closest?.("#design-canvas [data-item]");
  if (!item || event.target !== item || isCommand) return;
  const { key } = event;
  if (event.altKey && key.startsWith("Arrow")) operate(() => carried(itemOf(item.dataset.item), key), { focus: item.dataset.item });
  else if (["ArrowDown", "ArrowRight"].includes(key)) step(item, 1);
  else if (["ArrowUp", "ArrowLeft"].includes(key)) step(item, -1);
  else if (key === "Enter") choose(item.dataset.item, { focus: true });
  else if (key === "Delete" || key === "Backspace") remove(item.dataset.item);
  else if (key === "Escape") choose("");
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);

function step(item, by) {
  const listed = items();
  listed[listed.indexOf(item) + by]?.focus();
}

/** Move an item with the keys: within its list, then into the next list that takes it. */
function carried(item, key) {
  const list = item?.closest("[data-list]");
  if (!list) return null;
  const at = childrenOf(list).indexOf(item);
  const by = ["ArrowDown", "ArrowRight"].includes(key) ? 1 : -1;
  if (childrenOf(list)[at + by]) {
    announce(word("{at} of {count}").replace("{at}", at + by + 1).replace("{count}", childrenOf(list).length));
    return moved(item, list, at + by);
  }
  const lists = all("#design-canvas [data-list]").filter((each) => accepts(each, item.dataset.group) && !item.contains(each));
  const next = lists[lists.indexOf(list) + by];
  if (!next) return null;
  announce(next.getAttribute("aria-label") || "");
  return moved(item, next, by > 0 ? 0 : childrenOf(next).length);
}

// Properties: what is typed is saved a moment later, what is chosen at once.
function valueOf(input) {
  if (input.dataset.as === "truth") return input.checked || null;
  if (input.dataset.as === "truth-on") return input.checked ? null : false;
  if (input.dataset.as === "json") return JSON.parse(input.value);
  const text = input.value.trim();
  if (input.dataset.as === "number") return text === "" || Number.isNaN(Number(text)) ? null : Number(text);
  return text === "" ? null : input.value;
}

function keep(input, isSlow) {
  const many = input.closest("[data-many]");
  const pair = input.closest("[data-pair]");
  const operation = pair
    ? { op: "set", at: pair.dataset.pair, value: all("input", pair).map((each) => Number(each.value)) }
    : many
    ? { op: "set", at: many.dataset.many, value: all("input:checked", many).map((each) => each.value) }
    : { op: "set", at: input.dataset.at, value: valueOf(input) };
  pending = [...pending.filter((each) => each.at !== operation.at), operation];
  clearTimeout(typing);
  if (isSlow) typing = setTimeout(flush, 450);
  else flush(isText(input));
}

function flush(isTyped = true) {
  clearTimeout(typing);
  if (!pending.length) return;
  const operations = pending;
  pending = [];
  operate(operations, { isTyped });
}

const isText = (input) => input.matches("input[type=text], textarea");
document.addEventListener("input", (event) => {
  // An expression tells by itself when it can be read, or when its writer has left it.
  if (event.target.matches("#design-panel [data-at]") && isText(event.target) && !event.target.closest("tn-expression")) keep(event.target, true);
});
document.addEventListener("change", (event) => {
  if (event.target.matches("#designer [data-steps]")) {
    flush();
    operate(JSON.parse(event.target.value), { isTyped: false });
  }
  if (!event.target.matches("#design-panel [data-at], #designer [data-many] input, #design-panel [data-pair] input, #design-canvas input[type=hidden][data-at]")) return;
  keep(event.target, false);
});
addEventListener("beforeunload", () => flush());

document.addEventListener("tenon:choose", (event) => choose(event.detail.id, event.detail));
document.addEventListener("tenon:design", (event) => { event.detail.answered = operate(event.detail.operations, event.detail); });
mark();
whenWanted("#designer", "#designer [data-item], #designer [data-value]", wire);
