// The widget designer: the picture is asked for again after each step, and stays a table while somebody reads it as one.
import { one } from "./dom.js";

let revision = one("#design-bar").dataset.revision;
let isTable = false;

document.addEventListener("click", (event) => {
  const button = event.target.closest(".asked-preview [data-table]");
  if (button) isTable = button.closest(".asked-preview").hasAttribute("data-as-table");
});

document.addEventListener("tenon:designed", () => {
  const preview = one(".asked-preview");
  preview.toggleAttribute("data-as-table", isTable);
  one("[data-table]", preview).setAttribute("aria-pressed", String(isTable));
  const now = one("#design-bar").dataset.revision;
  if (now !== revision) window.htmx.trigger(one("#asked-picture"), "refresh");
  revision = now;
});
