// Names with texts as one property, such as headers: a line whose text is still to come waits for it, one without a name goes.
import { all, one } from "./dom.js";

function keep(group) {
  const lines = all(".pair-line", group).map((line) => all("input", line).map((each) => each.value.trim()));
  const value = Object.fromEntries(lines.filter(([name, text]) => name && text));
  const whole = one("[data-at]", group);
  whole.value = JSON.stringify(Object.keys(value).length ? value : null);
  whole.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("change", (event) => {
  const line = event.target.closest(".pair-line");
  if (!line) return;
  const [name, text] = all("input", line).map((each) => each.value.trim());
  if (text || !name) keep(line.closest(".pairs"));
});
document.addEventListener("click", (event) => {
  const line = event.target.closest("[data-pair-gone]")?.closest(".pair-line");
  if (!line) return;
  one("input", line).value = "";
  keep(line.closest(".pairs"));
});
