// The builder of conditions: after every change its inputs go to the server, which answers with the builder, the sentence and the count;
// the expression goes into the input that data-for names, which then hears "change"; with data-draft it is of what is being designed.
import { all, announce, one } from "./dom.js";
import { asked, parse, send } from "./address.js";
import "./expression.js";

let turn = 0;
let timer = 0;
let last = Promise.resolve();

const builderOf = (element) => element.closest?.(".conditions");

function inputsOf(builder, more = {}) {
  const body = new FormData();
  for (const input of all("input, select, textarea", builder)) {
    if (!input.name || input.disabled || input.closest("template")) continue;
    if (input.type === "checkbox" && !input.checked) continue;
    body.append(input.name, input.value);
  }
  for (const [key, value] of Object.entries(more)) body.append(key, value);
  return body;
}

/** What else the list asks for, when what is counted is of a list. */
function around(builder) {
  if (builder.dataset.within === undefined) return "";
  const params = asked();
  for (const key of ["filter", "cursor", "columns", "colours", "sort", "group", "closed"]) params.delete(key);
  return params.size ? `?${params}` : "";
}

function ask(builder, body, how) {
  clearTimeout(timer);
  timer = 0;
  last = request(builder, body, how);
  return last;
}

async function request(builder, body, { isWhole }) {
  const mine = ++turn;
  if (builder.dataset.draft !== undefined) body.append("draft", "1");
  const answer = await send(`/conditions/${builder.dataset.entity}${around(builder)}`, body);
  if (mine !== turn || !answer.ok || !builder.isConnected) return;
  const part = parse(await answer.text());
  const focused = document.activeElement?.id;
  if (isWhole) builder.replaceChildren(part);
  else one("[data-result]", builder).replaceWith(one("[data-result]", part));
  if (isWhole && focused) document.getElementById(focused)?.focus();
  tell(builder);
}

function tell(builder) {
  const { complete, expressionNow } = one("[data-result]", builder).dataset;
  const target = document.getElementById(builder.dataset.for);
  announce(one(".matches", builder)?.textContent || "");
  if (!target || !complete || target.value === expressionNow) return;
  target.value = expressionNow;
  target.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Wait until what was chosen and typed has become an expression. */
export async function settled(builder) {
  if (timer) ask(builder, inputsOf(builder), { isWhole: false });
  await last;
}

function build(builder, act = "") {
  return ask(builder, inputsOf(builder, act ? { do: act } : {}), { isWhole: true });
}

/** Show the conditions of an expression. */
export function read(builder, expression) {
  const body = new FormData();
  body.append("expression", expression);
  return ask(builder, body, { isWhole: true });
}

document.addEventListener("click", async (event) => {
  const builder = builderOf(event.target);
  if (!builder) return;
  const button = event.target.closest("button");
  if (button?.dataset.do) {
    await build(builder, button.dataset.do);
    one("[data-pick]", builder)?.focus();
  } else if (button?.dataset.expression !== undefined) read(builder, button.dataset.expression);
  else if (button?.dataset.pick) openPicker(builder, button);
  else if (event.target.closest("[data-value]")?.closest(".picks")) pick(builder, event.target.closest("[data-value]"));
});

document.addEventListener("change", (event) => {
  const builder = builderOf(event.target);
  if (!builder || event.target.closest(".picker")) return;
  if (event.target.matches("[data-expression-text]")) read(builder, event.target.value);
  else if (event.target.matches("[data-shape]")) build(builder);
  else ask(builder, inputsOf(builder), { isWhole: false });
});

document.addEventListener("input", (event) => {
  const builder = builderOf(event.target);
  if (!builder || event.target.matches("[data-shape], [data-expression-text], [role=combobox]")) {
    if (builder && event.target.closest(".picker")) narrow(event.target);
    return;
  }
  clearTimeout(timer);
  timer = setTimeout(() => ask(builder, inputsOf(builder), { isWhole: false }), 350);
});

// Choosing a field: one list for every group with the same fields.
let opener = null;

function openPicker(builder, button) {
  const box = one(`[data-picker="${button.dataset.pick}"]`, builder);
  const isOpen = !box.hidden && opener?.id === button.id;
  closePickers(builder);
  if (isOpen) return;
  opener = button;
  button.setAttribute("aria-expanded", "true");
  button.parentElement.after(box);
  box.hidden = false;
  const input = one("input", box);
  input.value = "";
  narrow(input);
  input.focus();
}

function closePickers(builder) {
  for (const box of all(".picker", builder)) box.hidden = true;
  for (const button of all("[data-pick]", builder)) button.setAttribute("aria-expanded", "false");
}

function narrow(input) {
  const box = input.closest(".picker");
  const text = input.value.trim().toLowerCase();
  let head = null;
  for (const line of one(".picks", box).children) {
    if (line.matches(".picks-head")) {
      head = line;
      head.hidden = true;
      continue;
    }
    line.hidden = Boolean(text) && !line.textContent.toLowerCase().includes(text);
    if (!line.hidden && head) head.hidden = false;
  }
  mark(box, 0);
}

const choices = (box) => all("[role=option]", box).filter((line) => !line.hidden);

function mark(box, index) {
  const lines = choices(box);
  for (const line of all("[role=option]", box)) line.setAttribute("aria-selected", String(line === lines[index]));
  if (lines[index]) one("input", box).setAttribute("aria-activedescendant", lines[index].id);
  if (index > 0) lines[index]?.scrollIntoView({ block: "nearest" });
}

async function pick(builder, line) {
  const at = opener.dataset.at;
  closePickers(builder);
  await build(builder, `add ${at} ${line.dataset.value}`);
  const made = all(`[id^="${at}."].condition`, builder).filter((each) => /^\d+$/.test(each.id.slice(at.length + 1))).at(-1);
  one(".op", made || builder)?.focus();
}

document.addEventListener("keydown", (event) => {
  const box = event.target.closest?.(".picker");
  if (!box) return;
  const lines = choices(box);
  const now = lines.findIndex((line) => line.getAttribute("aria-selected") === "true");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    mark(box, (now + step + lines.length) % lines.length);
  } else if (event.key === "Enter") {
    event.preventDefault();
    if (lines[now]) pick(builderOf(box), lines[now]);
  } else if (event.key === "Escape") {
    event.stopPropagation();
    closePickers(builderOf(box));
    opener?.focus();
  }
}, true);
