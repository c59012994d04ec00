// Forms: a warning before leaving with unsaved entries, no double sending, focus on what is wrong.
import { all, one } from "./dom.js";

let isDirty = false;

document.addEventListener("input", (event) => { if (event.target.closest("form[data-guard]")) isDirty = true; });
document.addEventListener("change", (event) => { if (event.target.closest("form[data-guard]")) isDirty = true; });
addEventListener("beforeunload", (event) => { if (isDirty) event.preventDefault(); });

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.matches("[data-guard]")) isDirty = false;
  if (form.dataset.sending) { event.preventDefault(); return; }
  form.dataset.sending = "1";
  all("button", form).forEach((button) => button.classList.add("busy"));
});

// Coming back through the browser's history must not find a form that is still "sending".
addEventListener("pageshow", () => {
  for (const form of all("form[data-sending]")) {
    delete form.dataset.sending;
    all(".busy", form).forEach((button) => button.classList.remove("busy"));
  }
});

const wrong = one(".wrong [aria-invalid]");
if (wrong && wrong.closest("form[data-guard]")) wrong.focus();
else if (matchMedia("(pointer: fine)").matches) {
  // A combobox would open at once and hide the form below it.
  const first = one("form[data-guard] .field .input");
  if (first?.getAttribute("role") !== "combobox") first?.focus({ preventScroll: true });
}
