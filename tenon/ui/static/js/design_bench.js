// Everything that can be designed: what is typed leaves only what fits, by its name, its kind or what it belongs to.
import { all, one } from "./dom.js";

const fold = (text) => text.normalize("NFKC").toLowerCase().trim();

function find(text) {
  const wanted = fold(text).split(/\s+/);
  for (const group of all(".bench-group")) {
    const about = fold(one("h2", group).textContent);
    for (const item of all("li", group)) {
      const own = `${about} ${fold(item.textContent)}`;
      item.hidden = !wanted.every((word) => own.includes(word));
    }
    group.hidden = !all("li", group).some((item) => !item.hidden);
  }
  one(".bench-none").hidden = all(".bench-group").some((group) => !group.hidden);
}

one("#bench-search")?.addEventListener("input", (event) => find(event.target.value));
one("#bench-search")?.addEventListener("keydown", (event) => {
  const first = all(".bench-entry").find((each) => !each.closest("[hidden]"));
  if (event.key !== "Enter" && event.key !== "ArrowDown") return;
  event.preventDefault();
  if (event.key === "Enter" && event.target.value) first?.click();
  else first?.focus();
});
