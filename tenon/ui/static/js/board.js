// A board: cards move between lanes by mouse, touch, keys or their select; a refused card goes back and says why.
import { refresh } from "./address.js";
import { fetchPart } from "./cards.js";
import { Sortable, whenWanted } from "./carrying.js";
import { all, announce, one, word } from "./dom.js";
import { toast } from "./toast.js";

const wired = new WeakSet();
const isByHand = () => one("#board").dataset.byHand !== undefined;
const laneOf = (card) => card.closest(".lane");
const cardsOf = (lane) => one("[data-cards]", lane);
const csrf = () => one('.board input[name="csrf"]')?.value || "";
const say = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
const titleOf = (card) => one("h3", card).textContent.trim();

/** Where a card was, so that it can go back. */
const placeOf = (card) => ({ lane: laneOf(card), before: card.nextElementSibling });
function putBack(card, place) {
  const before = place.before?.parentElement === cardsOf(place.lane) ? place.before : null;
  cardsOf(place.lane).insertBefore(card, before);
  mark(card, place.lane.dataset.lane);
}
function mark(card, lane) {
  const select = one(".move select", card);
  if (select) select.value = lane;
}

whenWanted("#board", ".board-card[data-move]", wire);

function wire() {
  const board = one("#board");
  if (!board) return;
  for (const cards of all(".lane-cards", board)) {
    if (!Sortable || wired.has(cards)) continue;
    wired.add(cards);
    new Sortable(cards, {
      group: "lanes", draggable: ".board-card[data-move]", filter: "select, button, input", preventOnFilter: false,
      forceFallback: true, fallbackOnBody: true, fallbackTolerance: 4, delay: 180, delayOnTouchOnly: true, touchStartThreshold: 6,
      sort: isByHand(), animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
      ghostClass: "board-ghost", fallbackClass: "board-flying", scroll: true, scrollSensitivity: 60, bubbleScroll: true,
      onStart: ({ item }) => { document.body.classList.add("is-dragging"); hintLanes(item); },
      onEnd: ({ item, from, to, oldDraggableIndex, newDraggableIndex }) => {
        document.body.classList.remove("is-dragging");
        hintLanes(null);
        for (const card of all(".board-card[style]", board)) card.removeAttribute("style");
        if (from === to && oldDraggableIndex === newDraggableIndex) return;
        const rest = all(".board-card", from).filter((each) => each !== item);
        move(item, { lane: from.closest(".lane"), before: rest[oldDraggableIndex] || null });
      },
    });
  }
  watchLanes(board);
}

/** Show while a card is carried which lanes its stage may not go to. */
function hintLanes(card) {
  const from = card ? laneOf(card) : null;
  const targets = from?.dataset.targets === undefined ? null : from.dataset.targets.split(" ");
  for (const lane of all(".lane")) lane.classList.toggle("refuses", Boolean(card && targets && lane !== from && !targets.includes(lane.dataset.lane)));
}

async function move(card, place, more = {}) {
  const lane = laneOf(card);
  one("#move-refused").replaceChildren();
  if (lane === place.lane && !isByHand()) return;
  card.classList.add("busy");
  one(".move select", card).disabled = true;
  const body = new URLSearchParams({ csrf: csrf(), version: card.dataset.version, value: lane.dataset.lane, ...more });
  if (isByHand()) body.set("after", card.previousElementSibling?.dataset.card ?? "");
  try {
    const { answer, part } = await fetchPart(card.dataset.move, { method: "POST", body });
    if (answer.ok) settle(card, part, lane);
    else if (answer.status < 500 && one("dialog", part)) ask(card, place, one("dialog", part));
    else refuse(card, place, answer.status < 500 ? part : null);
  } catch {
    refuse(card, place, null);
  }
  card.classList.remove("busy");
  one(".move select", card).disabled = false;
}

function settle(card, part, lane) {
  for (const total of all(".lane-total", part)) document.getElementById(total.id)?.replaceWith(total);
  const made = one(".board-card", part);
  const hadFocus = card.contains(document.activeElement) || document.activeElement === document.body;
  const title = titleOf(card);
  if (made) card.replaceWith(made);
  else {
    card.remove();
    toast(say(word("{name} is no longer part of this view."), { name: title }));
  }
  const now = all(".lane").find((each) => each.dataset.lane === one("template[data-lane-now]", part).dataset.laneNow) || lane;
  if (made && now !== lane) cardsOf(now).prepend(made);
  if (now.classList.contains("shut")) made?.remove();
  if (hadFocus) (made?.isConnected ? made : one(".lane-fold", now)).focus({ preventScroll: true });
  countLanes();
  const cards = all(".board-card", now);
  if (isByHand() && made) announce(`${title}: ${say(word("{lane}, {at} of {count}"), { lane: now.dataset.label, at: cards.indexOf(made) + 1, count: cards.length })}`);
  else announce(say(word("{name} is now in {lane}."), { name: title, lane: now.dataset.label }));
  if (one("template[data-others-moved]", part)) refresh(); // others have another version now
}

function refuse(card, place, part) {
  const hadFocus = card.contains(document.activeElement) || document.activeElement === document.body;
  putBack(card, place);
  if (part) one("#move-refused").replaceChildren(part);
  else toast(word("The server could not answer. Try again in a moment."));
  if (hadFocus) card.focus({ preventScroll: true });
}

/** A move that needs something filled in asks for it, and goes back when nobody says. */
function ask(card, place, dialog) {
  one("#move-dialog")?.remove();
  document.body.append(dialog);
  let isSent = false;
  const form = one("form", dialog);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    isSent = true;
    const values = Object.fromEntries([...new FormData(form)].filter(([, value]) => typeof value === "string"));
    dialog.close();
    move(card, place, values);
  });
  one("[data-cancel]", dialog).addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (isSent) return;
    putBack(card, place);
    card.focus();
    announce(say(word("{name} went back to {lane}."), { name: titleOf(card), lane: place.lane.dataset.label }));
  });
  dialog.showModal();
  one(".field .input, .field input:not([type=hidden])", dialog)?.focus();
}

function countLanes() {
  for (const lane of all(".lane")) {
    const tab = one(`.lane-switch a[href="#${CSS.escape(lane.id)}"] .count`);
    if (tab) tab.textContent = one(".lane-total .count", lane).textContent;
  }
}

// Keys: arrows walk the cards; a lifted card moves with them until it is put down or goes back.
let lifted = null;

function lift(card) {
  if (card.classList.contains("busy")) return;
  lifted = { card, place: placeOf(card) };
  card.classList.add("lifted");
  hintLanes(card);
  tellPlace(word("{name} is lifted, in {lane}, {at} of {count}. Arrow keys move it, Space puts it down, Escape puts it back."));
}

function tellPlace(text) {
  const { card } = lifted;
  const cards = all(".board-card", laneOf(card));
  announce(say(text, { name: titleOf(card), lane: laneOf(card).dataset.label, at: cards.indexOf(card) + 1, count: cards.length }));
}

function drop() {
  const { card, place } = lifted;
  lifted = null;
  card.classList.remove("lifted");
  hintLanes(null);
  if (laneOf(card) !== place.lane || (isByHand() && card.nextElementSibling !== place.before)) {
    mark(card, laneOf(card).dataset.lane);
    move(card, place);
    return;
  }
  putBack(card, place);
  card.focus();
  announce(word("Put down in its lane; its order is that of the view. Where that is one number, cards stay where they are put."));
}

function cancel() {
  const { card, place } = lifted;
  lifted = null;
  card.classList.remove("lifted");
  hintLanes(null);
  putBack(card, place);
  card.focus();
  announce(say(word("{name} went back to {lane}."), { name: titleOf(card), lane: place.lane.dataset.label }));
}

function carry(key) {
  const { card } = lifted;
  const cards = all(".board-card", laneOf(card));
  const at = cards.indexOf(card);
  if (key === "ArrowUp" && at > 0) cards[at - 1].before(card);
  else if (key === "ArrowDown" && at < cards.length - 1) cards[at + 1].after(card);
  else if (key === "ArrowLeft" || key === "ArrowRight") {
    const lanes = all(".lane");
    const lane = lanes[lanes.indexOf(laneOf(card)) + (key === "ArrowRight" ? 1 : -1)];
    if (!lane) return;
    cardsOf(lane).insertBefore(card, all(".board-card", lane)[at] || null);
  } else return;
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
  tellPlace(word("{lane}, {at} of {count}"));
}

function walk(card, key) {
  const cards = all(".board-card", laneOf(card));
  const at = cards.indexOf(card);
  if (key === "ArrowUp" || key === "ArrowDown") return cards[at + (key === "ArrowDown" ? 1 : -1)];
  const lanes = all(".lane");
  const step = key === "ArrowRight" ? 1 : -1;
  for (let n = lanes.indexOf(laneOf(card)) + step; lanes[n]; n += step) {
    const others = all(".board-card", lanes[n]);
    if (others.length) return others[Math.min(at, others.length - 1)];
  }
  return null;
}

document.addEventListener("keydown", (event) => {
  const card = event.target.closest?.(".board-card[data-move]");
  if (!card || event.target !== card || event.ctrlKey || event.metaKey || event.altKey) return;
  const isArrow = event.key.startsWith("Arrow");
  if (![" ", "Enter", "Escape"].includes(event.key) && !isArrow) return;
  if (event.key === "Escape" && !lifted) return;
  event.preventDefault();
  event.stopPropagation();
  if (lifted && event.key === "Escape") cancel();
  else if (isArrow && lifted) carry(event.key);
  else if (isArrow) walk(card, event.key)?.focus();
  else if (lifted) drop();
  else lift(card);
}, true);

document.addEventListener("focusout", (event) => {
  if (lifted && event.target === lifted.card && event.relatedTarget && event.relatedTarget !== lifted.card) cancel();
});

document.addEventListener("change", (event) => {
  const select = event.target.closest?.(".move select");
  if (!select) return;
  const card = select.closest(".board-card");
  const lane = all(".lane").find((each) => each.dataset.lane === select.value);
  if (!lane || lane === laneOf(card)) return;
  const place = placeOf(card);
  cardsOf(lane).prepend(card);
  move(card, place);
});

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-lane-add]");
  if (!form) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.dataset.adding) return;
  form.dataset.adding = "1";
  const { answer, part } = await fetchPart(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) }).finally(() => { delete form.dataset.adding; });
  const elsewhere = answer.headers.get("HX-Redirect");
  if (elsewhere) { location.assign(elsewhere); return; }
  if (!answer.ok) { one("#move-refused").replaceChildren(part); return; }
  const lane = form.closest(".lane");
  const made = one(".board-card", part);
  for (const total of all(".lane-total", part)) document.getElementById(total.id)?.replaceWith(total);
  if (made) cardsOf(lane).prepend(made);
  countLanes();
  const input = one('input[name="title"]', form);
  announce(say(word("{name} is now in {lane}."), { name: input.value, lane: lane.dataset.label }));
  input.value = "";
  input.focus();
}, true);

// On a phone one lane is in sight at a time; the tabs above say which.
function watchLanes(board) {
  const lanes = all(".lane", board);
  const now = lanes.findIndex((lane) => lane.getBoundingClientRect().right > board.getBoundingClientRect().left + board.clientWidth / 2);
  all(".lane-switch a").forEach((tab, at) => (at === now ? tab.setAttribute("aria-current", "true") : tab.removeAttribute("aria-current")));
}
document.addEventListener("scroll", (event) => { if (event.target.id === "board") watchLanes(event.target); }, { capture: true, passive: true });

document.addEventListener("click", (event) => {
  const tab = event.target.closest(".lane-switch a");
  if (!tab) return;
  event.preventDefault();
  const lane = document.getElementById(tab.hash.slice(1));
  lane.scrollIntoView({ inline: "start", block: "nearest", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
});

document.addEventListener("htmx:after:swap", wire);
wire();
