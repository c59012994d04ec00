// Forms: a warning before leaving with unsaved entries, no double sending, focus where work goes on, keys for saving and for rows.
import { all, one, word } from "./dom.js";
import { toast } from "./toast.js";

let isDirty = false;
let waiting = null; // what was asked of the server that changes where the focus belongs

const guarded = (event) => event.target.closest?.("form[data-guard]");
document.addEventListener("input", (event) => { if (guarded(event)) isDirty = true; });
document.addEventListener("change", (event) => { if (guarded(event)) isDirty = true; });
addEventListener("beforeunload", (event) => { if (isDirty) event.preventDefault(); });

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.getAttribute("method") !== "post" || "download" in form.dataset) return;
  if (!navigator.onLine) {
    event.preventDefault();
    toast(word("No connection. Nothing was sent; try again when it is back."));
    return;
  }
  if (form.matches("[data-guard]")) isDirty = false;
  if (form.dataset.sending) { event.preventDefault(); return; }
  form.dataset.sending = "1";
  all("button", form).forEach((button) => button.classList.add("busy"));
});

// A form that htmx sends is sent once, too, however often it is pressed; pressed again at once, nothing more was meant. A click of
// its own is meant: the answer may have put another button in the same place.
const AT_ONCE = 500;
const sentAt = new WeakMap();
let clicks = 0; // 2 for the second of a double click, 0 for keys
document.addEventListener("click", (event) => { clicks = event.detail; }, true);
document.addEventListener("keydown", () => { clicks = 0; }, true);
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[hx-post]:not([hx-sync])")) return;
  const isAgain = clicks !== 1 && event.timeStamp - (sentAt.get(form) ?? -AT_ONCE) < AT_ONCE;
  if (isAgain) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  sentAt.set(form, event.timeStamp);
  form.setAttribute("hx-sync", "this:drop");
}, true);

// Coming back through the browser's history must not find a form that is still "sending".
addEventListener("pageshow", () => {
  for (const form of all("form[data-sending]")) {
    delete form.dataset.sending;
    all(".busy", form).forEach((button) => button.classList.remove("busy"));
  }
});

/** Focus an input; one that a component stands in for, there. */
function focusOn(input) {
  const stand = input?.closest("tn-rich")?.querySelector("[contenteditable]");
  const box = input?.closest("tn-combobox");
  if (box && document.activeElement !== input) box.dataset.quiet = "";
  (stand || input)?.focus();
}

/** Focus the first input that something is wrong with; says whether there is one. */
export function focusWrong(root = document) {
  const wrong = one(".wrong [aria-invalid]", root) || one("tr.wrong .input, tr.wrong .button", root);
  focusOn(wrong);
  return Boolean(wrong);
}

const inputsOf = (root) => all(".input:not([disabled]), input[type=radio], input[type=checkbox]", root).filter((input) => input.offsetParent);

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=then]");
  if (!button) return;
  if (button.dataset.add) waiting = { table: button.dataset.add };
  else if (["next", "back"].includes(button.value) || button.value.startsWith("step:")) waiting = { step: true };
  else if (button.value.startsWith("drop:")) waiting = { dropped: button.value.slice(5).split(".")[0] };
  if (waiting) isDirty = isDirty || Boolean(button.closest("form[data-guard]"));
});

document.addEventListener("htmx:after:swap", () => {
  const asked = waiting;
  if (!asked) return;
  waiting = null;
  if (asked.table) focusOn(inputsOf(all(`#table-${asked.table} tbody tr`).at(-1) ?? document)[0]);
  else if (asked.dropped) one(`[data-add="${asked.dropped}"]`)?.focus();
  else if (!focusWrong()) {
    const first = one(".form-section:not([hidden])");
    one(".edit, .public")?.scrollTo({ top: 0 });
    if (first) focusOn(inputsOf(first)[0]);
  }
});

/** In a table, Enter goes down a row, and adds one below the last. */
function downARow(event) {
  const cell = event.target.closest(".rows tbody td");
  const isOpen = event.target.getAttribute("aria-expanded") === "true";
  if (!cell || isOpen || event.target.matches("textarea, button, [contenteditable], tn-tags .input")) return false;
  const rows = all("tbody tr[id]:not(.gone)", cell.closest("table"));
  const next = rows[rows.indexOf(cell.parentElement) + 1];
  if (next) focusOn(inputsOf(next.children[cell.cellIndex])[0]);
  else one("[data-add]", cell.closest(".form-table"))?.click();
  return true;
}

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("form[data-guard], form[data-quick]") || (one("dialog[open]") ? null : one("form[data-guard]"));
  if (!form || event.key !== "Enter") return;
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    event.target.blur?.();
    (one("[data-another]", form) || one("[data-save]", form) || one("[data-next]", form))?.click();
  } else if (downARow(event)) event.preventDefault();
});

if (!focusWrong(one("form[data-guard], .public form") ?? document.createElement("div")) && matchMedia("(pointer: fine)").matches) {
  const first = one("form[data-guard] .field .input");
  if (first && !one(".edit")?.scrollTop) focusOn(first);
}
