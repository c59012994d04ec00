// The menu as a drawer on small screens: focus goes in and stays there, Escape and a click outside close it.
import { all, one } from "./dom.js";

function set(button, isOpen) {
  const drawer = document.getElementById(button.dataset.drawer);
  drawer.classList.toggle("open", isOpen);
  button.setAttribute("aria-expanded", String(isOpen));
  for (const beside of all(":scope > :not(.side)", drawer.parentElement)) beside.inert = isOpen;
  if (!isOpen) { button.focus(); return; }
  one("summary, a", drawer)?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const button = one("[data-drawer]");
  if (!button) return;
  const drawer = document.getElementById(button.dataset.drawer);
  if (event.target.closest("[data-drawer]")) set(button, !drawer.classList.contains("open"));
  else if (drawer.classList.contains("open") && !drawer.contains(event.target)) set(button, false);
});

document.addEventListener("keydown", (event) => {
  const button = one("[data-drawer][aria-expanded=true]");
  if (event.key === "Escape" && button && !one("details.pop[open]")) set(button, false);
});

// Turned to its side, a screen may have room for the menu.
matchMedia("(max-width: 820px)").addEventListener("change", () => {
  const button = one("[data-drawer][aria-expanded=true]");
  if (button) set(button, false);
});
