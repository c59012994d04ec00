// The cells of a list: arrows walk them, Enter, F2 or a click edits in place, Tab goes on, Escape leaves.
import { afterSwap, all, announce, one, word } from "./dom.js";
import { isOnceMore, parse, refresh, reach } from "./address.js";
import { renewSums } from "./endless.js";
import { toast } from "./toast.js";

const CELL = ".sheet [data-field]";
const isPhone = matchMedia("(max-width: 820px)");
let editing = null;
let opening = null; // the editor that is on its way, and the keys pressed meanwhile

const rows = () => all(".sheet tr[data-id]");
const cellsOf = (row) => all("[data-field]", row);
const find = (id, field) => one(`#row-${CSS.escape(id)} [data-field="${CSS.escape(field)}"]`);

/** Put the cursor on a cell. */
export function select(cell) {
  if (!cell) return;
  for (const old of all('.sheet [tabindex="0"][data-field]')) old.tabIndex = -1;
  cell.tabIndex = 0;
  cell.focus({ preventScroll: false });
}

function neighbour(cell, right, down) {
  const row = cell.closest("tr");
  const lines = rows();
  const cells = cellsOf(row);
  const line = lines[lines.indexOf(row) + down] || (down ? null : row);
  return line ? cellsOf(line)[cells.indexOf(cell) + right] : null;
}

/** The next cell that can be edited, over the end of a row into the next one. */
function following(cell, step) {
  const cells = rows().flatMap(cellsOf).filter((each) => each.matches("[data-edit]"));
  return cells[cells.indexOf(cell) + step];
}

async function edit(cell, typed = null) {
  if (!cell?.matches("[data-edit]") || editing?.cell === cell || opening?.cell === cell) return;
  if (editing && !(await save(editing))) return;
  const mine = { cell, keys: [] };
  opening = mine;
  const row = cell.closest("tr");
  const { id } = row.dataset;
  const { field } = cell.dataset;
  const answer = await fetch(`/records/${one(".sheet").dataset.entity}/${id}/cell/${encodeURIComponent(field)}`, { headers: { "HX-Request": "true" } }).catch(() => new Response("", { status: 503 }));
  const html = await answer.text();
  if (opening !== mine) return;
  opening = null;
  if (!answer.ok) {
    toast(word("This cell cannot be changed."));
    return;
  }
  const now = { cell, id, field, was: [...cell.childNodes], isOld: mine.isOld };
  editing = now;
  put(now, html, typed);
  replay(mine.keys);
}

/** Press again the keys that were pressed while an editor was fetched: they are for it, and, once one of them left it, for the cell that is then looked at. */
function replay(keys) {
  for (const { key, shiftKey } of keys) {
    const at = document.activeElement;
    if (key.length === 1 && at.setRangeText) at.setRangeText(key, at.selectionStart ?? 0, at.selectionEnd ?? 0, "end");
    else if (key.length === 1 && at.isContentEditable) document.execCommand("insertText", false, key);
    else at.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey, bubbles: true, cancelable: true }));
  }
}

function put(now, html, typed = null) {
  const { cell } = now;
  cell.replaceChildren(parse(html));
  cell.classList.add("editing");
  now.form = one("form", cell);
  const input = one("tn-rich [contenteditable]", now.form) || one("input:not([type=hidden]), select, textarea, [role=combobox]", now.form);
  now.version = one('input[name="version"]', now.form).value;
  now.before = snapshot(now.form);
  input?.focus();
  if (typed !== null && input?.matches("input[type=text], input[type=tel], input[type=email], input[type=url], textarea") && !input.matches("[role=combobox]")) input.value = typed;
  else input?.select?.();
}

const snapshot = (form) => JSON.stringify([...new FormData(form)].filter(([key]) => key !== "version").map(([key, value]) => [key, String(value)]));

/** The cell shows again what stood in it; where the list was shown meanwhile, that may be old. */
function close({ cell, was, isOld }) {
  editing = null;
  cell.classList.remove("editing");
  cell.replaceChildren(...was);
  if (isOld) refresh();
}

function cancel() {
  const now = editing;
  if (!now) return;
  close(now);
  select(now.cell);
}

const post = (now) => reach(`${now.form.getAttribute("action")}?${one(".sheet").dataset.asked}`, new FormData(now.form), { keepalive: true });

/** Write the cell; true when the editor is gone. What is already being written is waited for. */
function save(now, how) {
  if (now !== editing) return false;
  now.saving ??= write(now, how).finally(() => { now.saving = null; });
  return now.saving;
}

async function write(now, { isForced = false } = {}) {
  const unchosen = one("[role=combobox]:invalid", now.form);
  if (unchosen) {
    unchosen.reportValidity();
    return false;
  }
  if (snapshot(now.form) === now.before && !isForced && !one(".cell-note", now.form)) {
    close(now);
    return true;
  }
  const answer = await post(now);
  const text = await answer.text();
  if (answer.ok) {
    if (editing === now) editing = null;
    const fresh = one("tr", parse(text));
    const old = document.getElementById(fresh.id);
    if (old && one("[data-tick]", old)?.checked) one("[data-tick]", fresh).checked = true;
    old?.replaceWith(fresh);
    announce(word("Saved"));
    document.dispatchEvent(new CustomEvent("tenon:rows"));
    renewSums();
    return true;
  }
  if (answer.status >= 500 || !text.includes("data-cell")) {
    toast(word("This cell could not be saved."));
    if (answer.status < 500) cancel(); // else what was typed can be sent again
    return false;
  }
  const { before } = now;
  put(now, text);
  now.before = before;
  return false;
}

async function leave(then) {
  const now = editing;
  if (!now || !(await save(now))) return;
  const cell = find(now.id, now.field);
  if (cell) then(cell);
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-cell-theirs]")) {
    const now = editing;
    cancel();
    if (now) reload(now.id);
    return;
  }
  const cell = event.target.closest(CELL);
  if (!cell || event.target.closest("a, button, input, select, textarea, label, summary, tn-combobox")) return;
  if (isPhone.matches) {
    const link = one(".title a", cell.closest("tr"));
    if (link) location.assign(link.href);
    return;
  }
  if (String(getSelection())) return;
  if (cell.matches("[data-edit]") && !cell.matches(".title")) edit(cell);
  else select(cell);
});

async function reload(id) {
  await refresh();
  select(one(`#row-${CSS.escape(id)} [data-field]`));
}

document.addEventListener("dblclick", (event) => {
  const cell = event.target.closest(`${CELL}[data-edit]`);
  if (cell && !isPhone.matches) edit(cell);
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-cell]")) return;
  event.preventDefault();
  if (editing) save(editing, { isForced: true }).then((isDone) => { if (isDone) renewSums(); });
});

document.addEventListener("change", (event) => {
  // A choice is made at once; what is typed waits for Enter, Tab or a click elsewhere.
  if (!editing?.form?.contains(event.target)) return;
  if (event.target.matches("select, input[type=checkbox][role=switch], input[type=radio], tn-combobox:not([data-many])")) leave(select);
});

document.addEventListener("focusout", (event) => {
  const now = editing;
  if (!now?.form?.contains(event.target)) return;
  setTimeout(() => { if (editing === now && !now.form.contains(document.activeElement) && document.hasFocus()) save(now); }, 160);
});

function editorKey(event) {
  if (event.isComposing) return; // Enter takes what is being spelled
  if (event.target.closest(".rich-link")) return; // the address of a link is asked for inside the editor
  const isLong = event.target.matches("textarea, [contenteditable]");
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    cancel();
  } else if (event.key === "Tab") {
    event.preventDefault();
    event.target.closest("tn-combobox")?.settle(true);
    leave((cell) => { const next = following(cell, event.shiftKey ? -1 : 1); if (next) edit(next); else select(cell); });
  } else if (event.key === "Enter" && !(isLong && !event.ctrlKey && !event.metaKey) && !event.target.closest("button")) {
    event.preventDefault();
    leave((cell) => select(neighbour(cell, 0, event.shiftKey ? -1 : 1) || cell));
  }
}

document.addEventListener("keydown", (event) => {
  if (editing?.form?.contains(event.target)) {
    const list = event.target.getAttribute("aria-expanded") === "true" || (event.key === "Enter" && event.target.closest("tn-combobox")?.isAhead);
    if (!(list && ["Enter", "Escape"].includes(event.key))) editorKey(event);
    return;
  }
  const cell = event.target.closest?.(CELL);
  if (!cell || event.target !== cell) return;
  if (opening?.cell === cell) {
    if (event.key.length === 1 || ["Tab", "Enter", "Escape"].includes(event.key)) {
      event.preventDefault();
      event.stopPropagation();
      opening.keys.push({ key: event.key, shiftKey: event.shiftKey });
    }
    return;
  }
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  const isCommand = event.ctrlKey || event.metaKey;
  if (steps && !event.altKey) {
    event.preventDefault();
    select(neighbour(cell, ...steps));
  } else if (event.key === "PageDown" || event.key === "PageUp") {
    event.preventDefault();
    const lines = rows();
    const row = cell.closest("tr");
    const page = Math.max(1, Math.floor(innerHeight / row.offsetHeight) - 4);
    const at = lines.indexOf(row) + (event.key === "PageDown" ? page : -page);
    select(cellsOf(lines[Math.min(Math.max(at, 0), lines.length - 1)])[cellsOf(row).indexOf(cell)]);
  } else if (event.key === "Home" || event.key === "End") {
    event.preventDefault();
    const line = isCommand ? rows().at(event.key === "Home" ? 0 : -1) : cell.closest("tr");
    select(cellsOf(line).at(event.key === "Home" ? 0 : -1));
  } else if (event.key === "Enter" && cell.matches(".title")) {
    event.preventDefault();
    one("a", cell).click();
  } else if (event.key === "Enter" || event.key === "F2") {
    event.preventDefault();
    edit(cell);
  } else if (event.key === " ") {
    event.preventDefault();
    one("[data-tick]", cell.closest("tr"))?.click();
  } else if (event.key === "c" && isCommand && !String(getSelection())) navigator.clipboard?.writeText(cell.textContent.trim());
  else if (event.key.length === 1 && !isCommand && !event.altKey && cell.matches("[data-edit]") && !cell.matches(".title")) {
    event.preventDefault();
    event.stopPropagation();
    edit(cell, event.key);
  }
}, true);

/** Let Tab reach the grid: one cell of it can be focused. */
function enter() {
  if (!one('.sheet [tabindex="0"][data-field]')) {
    const first = one(".sheet tbody [data-field]");
    if (first) first.tabIndex = 0;
  }
}
// What was written is kept when somebody goes on before it was sent: to another address of the list, or to another page.
document.addEventListener("tenon:leave", (event) => { if (editing) event.detail.push(save(editing)); });
addEventListener("pagehide", () => { if (editing && !editing.saving && snapshot(editing.form) !== editing.before) post(editing); });
// The same list once more, because a job has ended: a cell that was begun to be written in meanwhile stays.
document.addEventListener("htmx:before:swap", (event) => {
  if (event.detail?.ctx?.target?.id !== "results" || !isOnceMore()) return;
  for (const begun of [editing, opening]) begun?.cell.setAttribute("hx-morph-skip", "");
});
afterSwap("#results", () => {
  const kept = (begun) => (begun?.cell.matches("#results [hx-morph-skip]") ? Object.assign(begun, { isOld: true }) : null);
  editing = kept(editing);
  opening = kept(opening);
  for (const cell of all(".sheet [hx-morph-skip]")) cell.removeAttribute("hx-morph-skip");
  enter();
});
document.addEventListener("tenon:rows", enter);
enter();
