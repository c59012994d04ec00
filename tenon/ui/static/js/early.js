// The first script of a page, before its modules are there: what is pressed meanwhile is pressed again once they are.
{
  let pressed = null;
  const hold = (event) => {
    const isPalette = event.type === "keydown" && (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
    if (isPalette) event.preventDefault();
    const button = isPalette ? document.querySelector("[data-palette]") : event.type === "click" && event.target.closest?.("button[type=button]");
    if (button) pressed = button;
  };
  for (const type of ["click", "keydown"]) document.addEventListener(type, hold, true);
  // Modules run before this event.
  document.addEventListener("DOMContentLoaded", () => {
    for (const type of ["click", "keydown"]) document.removeEventListener(type, hold, true);
    if (pressed?.isConnected) pressed.click();
  }, { once: true });
}
