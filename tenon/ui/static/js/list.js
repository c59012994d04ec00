// The bar above a list and the list: hidden sort and view stay in step with the address, empty inputs stay out of it.
import { all, one } from "./dom.js";

function followAddress() {
  const form = one("#query");
  if (!form) return;
  const params = new URLSearchParams(location.search);
  for (const box of all('input[type="checkbox"][name^="is."]', form)) box.checked = params.getAll(box.name).includes(box.value);
  for (const name of ["sort", "view", "day", "span"]) {
    let input = one(`input[type="hidden"][name="${name}"]`, form);
    if (!params.get(name)) { input?.remove(); continue; }
    if (!input) form.append(input = Object.assign(document.createElement("input"), { type: "hidden", name }));
    input.value = params.get(name);
  }
  const file = one("[data-export]");
  if (!file) return;
  params.delete("cursor");
  file.href = `${location.pathname}/export.csv?${params}`;
}

document.addEventListener("htmx:after:swap", followAddress);
document.addEventListener("htmx:after:push:into:history", followAddress);
document.addEventListener("submit", (event) => {
  if (event.target.id !== "query") return;
  for (const input of all("input, textarea", event.target)) if (!input.value) input.disabled = true;
  setTimeout(() => all("input, textarea", event.target).forEach((input) => { if (!input.value) input.disabled = false; }), 0);
});
