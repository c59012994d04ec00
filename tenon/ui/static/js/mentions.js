// Names after @ in a text: the people whose names go on like that, chosen by arrows and Enter.
import { all, announce, one } from "./dom.js";

const NAME = /(?:^|\s)@([^\s@][^@\n]{0,40}|)$/;
const BOX = "[data-mentions], [data-mentions] textarea";
let asking;

function listOf(box) {
  const known = box.nextElementSibling;
  if (known?.matches(".mention-list")) return known;
  const list = Object.assign(document.createElement("ul"), { className: "listbox mention-list", hidden: true, id: `${box.name}-people` });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", box.placeholder || box.labels[0]?.textContent.trim() || "");
  box.after(list);
  box.setAttribute("aria-controls", list.id);
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    choose(box, event.target.closest("[data-value]"));
  });
  return list;
}

function begun(box) {
  return NAME.exec(box.value.slice(0, box.selectionStart));
}

async function offer(box) {
  const list = listOf(box);
  const found = begun(box);
  asking?.abort();
  if (!found) { list.hidden = true; return; }
  asking = new AbortController();
  try {
    const answer = await fetch(`/mentions?q=${encodeURIComponent(found[1])}`, { signal: asking.signal, headers: { "HX-Request": "true" } });
    if (!answer.ok) return;
    list.innerHTML = await answer.text(); // the same server and templates made this text; it is escaped there
  } catch (error) {
    if (error.name !== "AbortError") throw error;
    return;
  }
  const people = all("[data-value]", list);
  const isWhole = people.length === 1 && people[0].dataset.title.toLowerCase() === found[1].trim().toLowerCase();
  list.hidden = !people.length || isWhole;
  mark(box, list, 0);
}

function mark(box, list, index) {
  all("[data-value]", list).forEach((each, at) => {
    each.id ||= `${list.id}-${at}`;
    each.setAttribute("aria-selected", String(at === index));
    if (at === index) box.setAttribute("aria-activedescendant", each.id);
  });
}

function choose(box, option) {
  const found = begun(box);
  if (!option || !found) return;
  const start = box.selectionStart - found[1].length;
  const name = `${option.dataset.title} `;
  box.setRangeText(name, start, box.selectionStart, "end");
  listOf(box).hidden = true;
  box.removeAttribute("aria-activedescendant");
  announce(option.dataset.title);
}

document.addEventListener("input", (event) => { if (event.target.matches(BOX)) offer(event.target); });
document.addEventListener("focusout", (event) => { if (event.target.matches?.(BOX)) setTimeout(() => { listOf(event.target).hidden = true; }, 120); });

document.addEventListener("keydown", (event) => {
  const box = event.target;
  const list = box.matches?.(BOX) && one(".mention-list", box.parentElement);
  if (!list || list.hidden || !["ArrowDown", "ArrowUp", "Enter", "Tab", "Escape"].includes(event.key)) return;
  const people = all("[data-value]", list);
  const now = people.findIndex((each) => each.getAttribute("aria-selected") === "true");
  event.preventDefault();
  event.stopPropagation();
  if (event.key === "Escape") list.hidden = true;
  else if (event.key === "Enter" || event.key === "Tab") choose(box, people[now]);
  else mark(box, list, (now + (event.key === "ArrowDown" ? 1 : people.length - 1)) % people.length);
}, true);
