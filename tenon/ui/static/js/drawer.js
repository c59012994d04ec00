// The menu as a drawer on small screens: focus goes in, Escape and a click outside close it.
import { one } from "./dom.js";

function set(button, isOpen) {
  const drawer = document.getElementById(button.dataset.drawer);
  drawer.classList.toggle("open", isOpen);
  button.setAttribute("aria-expanded", String(isOpen));
  if (isOpen) drawer.addEventListener("transitionend", () => one("a", drawer)?.focus(), { once: true });
  else button.focus();
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
  if (event.key === "Escape" && button) set(button, false);
});
