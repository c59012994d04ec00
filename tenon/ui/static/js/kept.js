// What somebody has open stays open when the place around it is shown again: the server knows nothing of it. What an answer belongs to is closed.
import { all } from "./dom.js";

const WRITTEN = "input:not([type=hidden], [type=checkbox], [type=radio], [type=file]), textarea, select";
const sent = new WeakMap(); // what stood in a form when it was sent
let unfolded = [];
let answered = null;
let later = null; // what was typed since into a form that comes back refused

document.addEventListener("submit", (event) => {
  sent.set(event.target, new Map(all(WRITTEN, event.target).map((input) => [input.name, input.value])));
}, true);

document.addEventListener("htmx:before:swap", (event) => {
  const { sourceElement: source, target, response, swap } = event.detail?.ctx ?? {};
  if (!target?.querySelectorAll || swap === "none") return;
  const was = response?.status === 422 && sent.get(source);
  later = was ? { form: source, typed: all(WRITTEN, source).filter((input) => was.get(input.name) !== input.value).map((input) => [input.name, input.value]) } : null;
  answered = all("dialog[open]", target).find((dialog) => dialog.contains(source)) ?? null;
  answered?.close();
  for (const dialog of all("dialog[open]", target)) dialog.setAttribute("hx-morph-skip", "");
  unfolded = all("#record details[open]", target.ownerDocument).filter((each) => each.id && !each.contains(source)).map((each) => each.id);
});

document.addEventListener("htmx:after:swap", () => {
  for (const dialog of all("dialog[hx-morph-skip]")) dialog.removeAttribute("hx-morph-skip");
  for (const details of all("#record details")) if (unfolded.includes(details.id)) details.open = true;
  unfolded = [];
  if (answered && !answered.matches("[data-reopen], [open]")) all("form", answered).forEach((form) => form.reset());
  answered = null;
  for (const [name, value] of later?.typed ?? []) {
    const input = all(WRITTEN, later.form).find((each) => each.name === name);
    if (input) input.value = value;
  }
  later = null;
});
