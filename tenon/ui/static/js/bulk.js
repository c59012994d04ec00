// Ticked rows: a range with Shift, all that match, and what is done with them; every change can be taken back.
import { afterSwap, all, announce, one, word } from "./dom.js";
import { parse, refresh, reach } from "./address.js";
import { toast } from "./toast.js";
import { showWork } from "./work.js";

let expect = null;
let last = null;
let turn = 0;

const boxes = () => all(".sheet [data-tick]");
const table = () => one(".sheet");
const base = () => `/records/${table().dataset.entity}`;

function show() {
  const bar = one("#bulk-bar");
  if (!bar) return;
  const count = expect ?? boxes().filter((box) => box.checked).length;
  bar.hidden = !count;
  for (const each of all("[data-tick-count], [data-bulk-count]")) each.textContent = count.toLocaleString(document.documentElement.lang);
  const merge = one("[data-bulk-merge]", bar);
  if (merge) merge.hidden = expect !== null || count < 2 || count > 6;
  const all_ = one("[data-tick-matching]", bar);
  if (all_) all_.hidden = expect !== null || boxes().some((box) => !box.checked);
}

document.addEventListener("click", (event) => {
  const box = event.target.closest(".sheet [data-tick]");
  if (box) {
    const list = boxes();
    if (event.shiftKey && last && list.includes(last)) {
      const [from, to] = [list.indexOf(last), list.indexOf(box)].sort((a, b) => a - b);
      for (const each of list.slice(from, to + 1)) each.checked = box.checked;
    }
    last = box;
    expect = null;
  }
  if (event.target.closest("[data-tick-none]")) expect = null;
  if (event.target.closest("[data-tick-matching]")) matching();
  const merge = event.target.closest("[data-bulk-merge]");
  if (merge) location.assign(`${merge.dataset.bulkMerge}?ids=${boxes().filter((each) => each.checked).map((each) => each.value).join(",")}`);
  const opener = event.target.closest("[data-bulk]");
  if (opener) open(opener.dataset.bulk, opener.dataset.act, Boolean(opener.dataset.bulk));
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-tick-all]")) expect = null;
  if (event.target.matches("[data-tick], [data-tick-all]")) setTimeout(show, 0);
  if (event.target.matches("[data-bulk-field]")) open(event.target.value);
});
afterSwap("#results", () => { expect = null; last = null; });

async function matching() {
  const answer = await fetch(`${base()}/count?${table().dataset.asked}`, { headers: { "HX-Request": "true" } });
  if (!answer.ok) return;
  expect = (await answer.json()).count;
  show();
  announce(one("[data-tick-count]").parentElement.textContent.trim());
}

async function open(field, act, isNamed = false) {
  const dialog = one("#bulk-edit");
  const mine = ++turn;
  // What is written for the field before would not be there any more.
  for (const each of all("input, select, textarea, button[type=submit]", dialog)) each.disabled = true;
  const answer = await fetch(`${base()}/bulk?field=${encodeURIComponent(field)}`, { headers: { "HX-Request": "true" } });
  const text = await answer.text();
  if (mine !== turn) return;
  if (!answer.ok) {
    for (const each of all(":disabled", dialog)) each.disabled = false;
    return;
  }
  dialog.replaceChildren(parse(text));
  show();
  const how = one("#bulk-act", dialog);
  if (how && act) how.value = act;
  if (!dialog.open) dialog.showModal();
  one(isNamed ? ":is(input:not([type=hidden]), select, textarea, [contenteditable]):not(#bulk-field, #bulk-act)" : "#bulk-field", dialog)?.focus();
}

function chosen(body) {
  if (expect !== null) body.append("expect", String(expect));
  else for (const box of boxes()) if (box.checked) body.append("ids", box.value);
  return body;
}

async function act(body) {
  const answer = await reach(`${base()}/bulk?${table().dataset.asked}`, chosen(body));
  const told = await answer.json();
  if (answer.ok) {
    await refresh();
    if (told.work) showWork(told.work);
    else toast(told.text, told.undo);
  }
  return answer.ok ? "" : told.text || word("This could not be done.");
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const isDelete = form.id === "bulk" && table();
  if (!form.matches("[data-bulk-form]") && !isDelete) return;
  event.preventDefault();
  if (form.dataset.acting) return;
  const body = new FormData(form);
  if (isDelete) body.set("act", "delete");
  const dialog = form.closest("dialog");
  form.dataset.acting = "1";
  const problem = await act(body).finally(() => { delete form.dataset.acting; });
  const place = one("[data-bulk-error]", form);
  if (problem && place) {
    place.textContent = problem;
    place.hidden = false;
    return;
  }
  dialog?.close();
  if (problem) toast(problem);
});
