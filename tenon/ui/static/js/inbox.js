// The inbox with the keyboard: arrows walk the tasks, X completes, S puts off, T takes, A assigns or approves, R rejects; Ctrl Enter sends a comment.
import { all, hasKeys, isTyping, one } from "./dom.js";

const titles = () => all("#inbox .task-title");
let at = 0;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || event.target.closest?.("details[open]")) return;
  const step = { ArrowDown: 1, ArrowUp: -1, ...(hasKeys() && { j: 1, k: -1 }) }[event.key];
  const row = event.target.closest?.(".task");
  if (step) {
    event.preventDefault();
    const now = row ? titles().indexOf(one(".task-title", row)) : -1;
    const next = titles()[now < 0 ? 0 : Math.min(Math.max(now + step, 0), titles().length - 1)];
    next?.focus();
    return;
  }
  const button = row && one(`[data-task-key="${CSS.escape(event.key.toLowerCase())}"]`, row);
  if (!button) return;
  event.preventDefault();
  at = titles().indexOf(one(".task-title", row));
  button.click();
  const box = button.closest("details");
  if (box?.open) one(".menu-item, [role=combobox], textarea", box)?.focus();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !event.target.matches?.(".asked textarea")) return;
  event.preventDefault();
  one("button[name=what]", event.target.form)?.click();
});

// What was completed is gone: the focus goes to what stands there now. An open box keeps it, whatever else was swapped meanwhile.
document.addEventListener("htmx:after:swap", () => {
  if (document.activeElement === document.body && !one("details[open]")) titles()[Math.min(at, titles().length - 1)]?.focus();
});
