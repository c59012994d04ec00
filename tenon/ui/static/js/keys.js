// Single keys for the page: data-key names the key that clicks or focuses an element; Ctrl-S saves a form.
import { all, isTyping, one } from "./dom.js";

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s" && one("form[data-guard]")) {
    event.preventDefault();
    one("form[data-guard] button[type=submit]").click();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || event.target.closest?.("details[open]")) return;
  const target = all("[data-key]").find((element) => element.dataset.key === event.key);
  if (!target) return;
  event.preventDefault();
  if (target.matches("input")) target.focus();
  else target.click();
});
