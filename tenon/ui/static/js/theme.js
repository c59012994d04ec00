// Light, dark or like the system: at once, without loading the page again.
import { all, writeCookie } from "./dom.js";

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-choice]");
  if (!button) return;
  event.preventDefault();
  document.documentElement.dataset.theme = button.value;
  writeCookie("tenon_theme", button.value);
  for (const other of all("[data-theme-choice]")) other.setAttribute("aria-pressed", String(other.value === button.value));
  const use = button.querySelector("use");
  const sign = button.closest("details")?.querySelector("summary use");
  if (use && sign) sign.setAttribute("href", use.getAttribute("href"));
  button.closest("details.pop")?.removeAttribute("open");
  document.dispatchEvent(new CustomEvent("tenon:theme", { detail: button.value }));
});

// Paper is light: what draws itself has to draw itself anew, before printing and after.
matchMedia("print").addEventListener("change", () => document.dispatchEvent(new CustomEvent("tenon:theme")));
