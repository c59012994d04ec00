// The rules of colours of a list: each a condition and a colour, in an order; the address takes them as they change.
import { all, announce, one, word } from "./dom.js";
import { go } from "./address.js";
import { read } from "./conditions.js";

const rules = () => all("[data-colour-rules] > .colour-rule");
const editor = () => one("[data-colour-editor]");
const sentenceOf = (rule) => one("[data-colour-sentence]", rule);

/** Put the rules that are whole into the address; "-" says that there are none. */
function keep() {
  const whole = rules().filter((rule) => rule.dataset.when).map((rule) => `${one("[data-colour-choice]", rule).value}:${rule.dataset.when}`);
  go((params) => {
    params.delete("colours");
    for (const each of whole.length ? whole : ["-"]) params.append("colours", each);
  });
}

/** Let rules be dragged by their handles. */
export function wireColours(panel, sortable) {
  const list = one("[data-colour-rules]", panel);
  if (list) sortable(list, keep);
}

function shut() {
  const box = editor();
  const rule = box.closest(".colour-rule");
  if (rule) one("[data-colour-edit]", rule).setAttribute("aria-expanded", "false");
  box.hidden = true;
  one("[data-colour-rules]").after(box);
  return rule;
}

async function edit(rule) {
  if (shut() === rule) return;
  const box = editor();
  rule.append(box);
  box.hidden = false;
  one("[data-colour-edit]", rule).setAttribute("aria-expanded", "true");
  one("#colour-when").value = rule.dataset.when;
  await read(one(".conditions", box), rule.dataset.when);
  one("[data-pick]", box)?.focus();
}

function move(rule, step) {
  const other = step < 0 ? rule.previousElementSibling : rule.nextElementSibling;
  if (!other) return;
  if (step < 0) other.before(rule);
  else other.after(rule);
  announce(`${sentenceOf(rule).textContent.trim()}: ${word("position")} ${rules().indexOf(rule) + 1}`);
  keep();
}

document.addEventListener("click", (event) => {
  const rule = event.target.closest(".colour-rule");
  const mover = event.target.closest("[data-colour-move]");
  if (event.target.closest("[data-colour-add]")) {
    one("[data-colour-rules]").append(one("[data-colour-new]").content.cloneNode(true));
    edit(rules().at(-1));
  } else if (event.target.closest("[data-colour-edit]")) edit(rule);
  else if (mover) {
    move(rule, Number(mover.dataset.colourMove));
    mover.focus();
  } else if (event.target.closest("[data-colour-remove]")) {
    if (rule.contains(editor())) shut();
    rule.remove();
    keep();
    one("[data-colour-add]").focus();
  }
});

document.addEventListener("change", (event) => {
  const { target } = event;
  if (target.id === "colour-when") {
    const rule = target.closest(".colour-rule");
    if (!rule) return;
    rule.dataset.when = target.value;
    sentenceOf(rule).textContent = one(".sentence", editor())?.textContent || target.value || word("Choose when");
    keep();
  } else if (target.matches("[data-colour-choice]")) {
    one("[data-colour-dot]", target.closest(".colour-rule")).className = `dot tone-${target.value}`;
    keep();
  }
});

document.addEventListener("keydown", (event) => {
  const line = event.target.closest?.(".colour-line");
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!line || !step || !event.altKey) return;
  event.preventDefault();
  const { activeElement } = document;
  move(line.closest(".colour-rule"), step);
  activeElement.focus();
});
