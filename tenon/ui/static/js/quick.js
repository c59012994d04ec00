// A record that is missing in a list of choices is made on the way, in a dialog over the form.
import { all, one, word } from "./dom.js";
import { focusWrong } from "./form.js";
import { toast } from "./toast.js";

let asking = null;

async function open(box, text) {
  const dialog = one("#quick-create");
  const answer = await fetch(`/forms/${box.dataset.creates}/quick?q=${encodeURIComponent(text)}`, { headers: { "HX-Request": "true" } });
  if (!dialog || !answer.ok) return;
  asking = box;
  one("#quick-title").textContent = word("New: %s").replace("%s", box.dataset.createsLabel);
  draw(await answer.text());
  dialog.showModal();
  all(".input", one("#quick-body")).find((input) => input.offsetParent)?.focus();
}

function draw(html) {
  const body = one("#quick-body");
  // The same server and the same templates made this text; it is escaped there.
  body.innerHTML = html;
  htmx.process(body);
}

/** Send the form, once: a second press waits for the answer. */
async function send(form, submitter) {
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  const data = new FormData(form, submitter);
  const answer = await fetch(form.getAttribute("action"), { method: "POST", body: data, headers: { "HX-Request": "true" } }).catch(() => null);
  form.ariaBusy = "false";
  if (!answer || answer.status >= 500) return void toast(word(answer ? "The server could not answer. Try again in a moment." : "No connection to the server."));
  const html = await answer.text();
  if (answer.status !== 201) {
    draw(html);
    focusWrong(one("#quick-body"));
    return;
  }
  const made = new DOMParser().parseFromString(html, "text/html").querySelector("[data-made]");
  one("#quick-create").close();
  asking?.take(made.dataset.made, made.dataset.title);
  asking?.input.focus();
}

document.addEventListener("tenon:create", (event) => open(event.target, event.detail));
document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-quick]")) return;
  event.preventDefault();
  send(event.target, event.submitter);
}, true);
document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("form[data-quick]");
  if (!form || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  one("[data-save]", form).click();
}, true);
