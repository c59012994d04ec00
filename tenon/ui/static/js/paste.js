// Cells copied from a spreadsheet are written from the cursor on, and Delete empties one: a step that can be taken back.
import { all, one, word } from "./dom.js";
import { refresh, reach } from "./address.js";
import { toast } from "./toast.js";

/** Split tab-separated text into rows of cells; a quoted cell may hold line breaks. */
export function split(text) {
  const rows = [[]];
  let cell = "";
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (isQuoted) {
      if (sign === '"' && text[at + 1] === '"') { cell += sign; at += 1; }
      else if (sign === '"') isQuoted = false;
      else cell += sign;
    } else if (sign === '"' && !cell) isQuoted = true;
    else if (sign === "\t") { rows.at(-1).push(cell); cell = ""; }
    else if (sign === "\n") { rows.at(-1).push(cell); cell = ""; rows.push([]); }
    else if (sign !== "\r") cell += sign;
  }
  rows.at(-1).push(cell);
  return rows.at(-1).length === 1 && !rows.at(-1)[0] && rows.length > 1 ? rows.slice(0, -1) : rows;
}

document.addEventListener("paste", async (event) => {
  const cell = event.target.closest?.(".sheet [data-field]");
  if (!cell || cell.matches(".editing")) return;
  event.preventDefault();
  const text = event.clipboardData.getData("text/plain");
  if (!text) return; // a picture, say: no cell is emptied by it
  const pasted = split(text);
  const lines = all(".sheet tr[data-id]");
  const start = lines.indexOf(cell.closest("tr"));
  const fields = all(".sheet thead [data-column]").map((head) => head.dataset.column);
  const from = fields.indexOf(cell.dataset.field);
  const rows = pasted.flatMap((texts, down) => {
    const line = lines[start + down];
    if (!line) return [];
    const values = Object.fromEntries(texts.map((text, right) => [fields[from + right], text]).filter(([name]) => name));
    return [{ id: line.dataset.id, values }];
  });
  write(rows, pasted.length - rows.length);
});

/** Write cells of records; ``left`` rows of what was pasted found none. */
async function write(rows, left = 0) {
  const body = new FormData();
  body.append("cells", JSON.stringify(rows));
  const answer = await reach(`/records/${one(".sheet").dataset.entity}/paste`, body);
  const told = await answer.json();
  if (!answer.ok) { toast(told.text || word("This could not be done.")); return; }
  await refresh();
  const refused = told.refused || [];
  for (const each of refused) {
    const wrong = one(`#row-${CSS.escape(each.id)} [data-field="${CSS.escape(each.field)}"]`);
    wrong?.classList.add("refused");
    if (wrong) wrong.title = each.message;
  }
  const said = [told.text];
  if (refused.length) said.push(`${refused.length} ${refused.length === 1 ? word("cell was refused:") : word("cells were refused:")} ${refused[0].message}`);
  if (left) said.push(`${left} ${left === 1 ? word("pasted row found no record below.") : word("pasted rows found no records below.")}`);
  toast(said.join(" "), told.undo || "");
}

document.addEventListener("keydown", async (event) => {
  const cell = event.target;
  if (!["Delete", "Backspace"].includes(event.key) || !cell.matches?.(".sheet [data-edit]:not(.title, .editing)")) return;
  event.preventDefault();
  const { id } = cell.closest("tr").dataset;
  const { field } = cell.dataset;
  if (!event.repeat && !one(".nothing", cell)) await write([{ id, values: { [field]: "" } }]);
  one(`#row-${CSS.escape(id)} [data-field="${CSS.escape(field)}"]`)?.focus();
});
