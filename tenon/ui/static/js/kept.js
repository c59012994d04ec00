// What somebody has open stays open when the place around it is shown again: the server knows nothing of it. What an answer belongs to is closed.
import { all } from "./dom.js";

let unfolded = [];
let answered = null;

document.addEventListener("htmx:before:swap", (event) => {
  const { sourceElement: source, target } = event.detail?.ctx ?? {};
  if (!target?.querySelectorAll) return;
  answered = all("dialog[open]", target).find((dialog) => dialog.contains(source)) ?? null;
  answered?.close();
  for (const dialog of all("dialog[open]", target)) dialog.setAttribute("hx-morph-skip", "");
  unfolded = all("#record details[open]", target.ownerDocument).filter((each) => each.id && !each.contains(source)).map((each) => each.id);
});

document.addEventListener("htmx:after:swap", () => {
  for (const dialog of all("dialog[hx-morph-skip]")) dialog.removeAttribute("hx-morph-skip");
  for (const details of all("#record details")) if (unfolded.includes(details.id)) details.open = true;
  if (answered && !answered.matches("[data-reopen], [open]")) all("form", answered).forEach((form) => form.reset());
  answered = null;
});
