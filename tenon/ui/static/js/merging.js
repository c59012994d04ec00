// Records side by side: who stays gives the values until somebody chooses others; a whole column is taken at once; the foot says what comes of it.
import { all, one } from "./dom.js";

const form = one("#joining");
const radios = (row) => all("input[type=radio]", row);
const survivor = () => one("input[name=survivor]:checked", form);
const rows = () => all("[data-choose]", form);

/** Return whose value a field gets when nobody chooses: that of who stays, or of the first that has one. */
function usual(row) {
  const listed = radios(row);
  const own = listed.find((each) => each.value === survivor().value);
  return own.dataset.empty === undefined ? own : listed.find((each) => each.dataset.empty === undefined && !each.disabled) ?? own;
}

function settle() {
  for (const row of rows()) if (!row.dataset.touched) usual(row).checked = true;
  show();
}

function show() {
  const stays = survivor();
  for (const each of all("[data-side]", form)) each.classList.toggle("stays", each.dataset.side === stays.value);
  const taken = rows().filter((row) => one("input:checked", row)?.value !== stays.value).length;
  const following = all("[name=survivor]:not(:checked)", form).reduce((sum, each) => sum + Number(each.dataset.follow), 0);
  const { follows, stays: said, one: single, many, none } = one("[data-outcome]", form).dataset;
  const count = taken === 0 ? none : taken === 1 ? single : many.replace("{number}", taken);
  one("[data-outcome]", form).textContent = `${said.replace("{name}", stays.dataset.title)} ${count} ${following ? follows.replace("{number}", following.toLocaleString(document.documentElement.lang)) : ""}`.trim();
}

form.addEventListener("change", (event) => {
  if (event.target.name === "survivor") settle();
  else if (event.target.matches("[data-choose] input")) {
    event.target.closest("[data-row]").dataset.touched = "1";
    show();
  }
});
form.addEventListener("click", (event) => {
  const taker = event.target.closest("[data-take]");
  if (!taker) return;
  for (const row of rows()) {
    const its = radios(row).find((each) => each.value === taker.dataset.take);
    if (!its || its.disabled) continue;
    its.checked = true;
    row.dataset.touched = "1";
  }
  show();
});
addEventListener("pageshow", show);
show();
