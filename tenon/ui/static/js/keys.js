// Keys for the page: data-key names the key, or the two keys one after the other, that click or focus an element; Ctrl-S saves a form.
import { all, hasKeys, isTyping, one, writeCookie } from "./dom.js";

const PAUSE = 1200;
let former = { key: "", at: 0 };

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s" && one("form[data-guard]")) {
    event.preventDefault();
    one("form[data-guard] button[type=submit]").click();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || !hasKeys() || isTyping(event.target) || event.target.closest?.("details.pop[open]")) return;
  const both = Date.now() - former.at < PAUSE ? `${former.key} ${event.key}` : "";
  former = { key: event.key, at: Date.now() };
  const find = (keys) => all("[data-key]").find((element) => element.dataset.key === keys);
  const target = find(both) ?? find(event.key);
  if (!target) return;
  event.preventDefault();
  if (target.matches("input")) target.focus();
  else target.click();
});

// They can be switched off, in the list of them.
const choice = one("[data-keys]");
if (choice) {
  choice.checked = hasKeys();
  choice.addEventListener("change", () => writeCookie("tenon_keys", choice.checked ? "on" : "off"));
}
