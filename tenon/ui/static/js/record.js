// The page of a record: the small forms, files that are dropped, names after @, links to copy, and charts when they are opened.
import { all, announce, one, word } from "./dom.js";
import { toast } from "./toast.js";
import "./mentions.js";
import "./tabs.js";

document.addEventListener("click", async (event) => {
  const copier = event.target.closest("[data-copy]");
  if (!copier) return;
  copier.closest("details.pop")?.removeAttribute("open");
  try {
    await navigator.clipboard.writeText(new URL(copier.dataset.copy, location.href).href);
    toast(word("Link copied."));
  } catch {
    toast(new URL(copier.dataset.copy, location.href).href);
  }
});

// A link to a measure opens it.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".reason");
  const measure = link && one(link.getAttribute("href"));
  if (measure) measure.open = true;
});

document.addEventListener("toggle", (event) => {
  const place = event.target.open && one("[data-on-open]", event.target);
  if (!place) return;
  place.removeAttribute("data-on-open");
  import("./score_chart.js");
  place.dispatchEvent(new Event("open"));
}, true);

// A small form stands in its dialog when it came; until then nothing of another one does.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-open=quick-dialog]")) one("#quick").replaceChildren(one("#quick-wait").content.cloneNode(true));
});
for (const name of ["htmx:error", "htmx:response:error"]) document.addEventListener(name, (event) => {
  if (one("#quick [aria-busy]") && (event.detail?.ctx?.response?.status ?? 500) >= 500) one("#quick-dialog").close();
});

// An answer to "is it computed?" that was asked for before something else was shown is out of date.
const asking = "[data-waits]";
let shown = 0;
document.addEventListener("htmx:before:request", (event) => { if (event.target.matches?.(asking)) event.target.asked = performance.now(); });
document.addEventListener("htmx:before:swap", (event) => {
  const source = event.detail?.ctx?.sourceElement;
  if (source?.matches?.(asking) && source.asked < shown) event.preventDefault();
});
document.addEventListener("htmx:after:swap", (event) => { if (event.detail?.ctx?.target?.closest?.("#record")) shown = performance.now(); });

// The record was shown again: what was added is in it, the small form is done.
document.addEventListener("htmx:after:swap", (event) => {
  const dialog = one("#quick-dialog");
  const place = event.detail?.ctx?.target ?? event.target;
  if (place?.id === "quick") (one("[aria-invalid]", dialog) || one("input:not([type=hidden]), textarea, select", dialog))?.focus();
  else if (dialog?.open && place?.id === "record" && event.detail.ctx.swap !== "none" && dialog.contains(event.detail.ctx.sourceElement)) dialog.close();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !event.target.matches("[data-send], [data-send] textarea")) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

// Comments are written into an empty box again once they were taken; what was typed meanwhile stays. One that was begun comes back after
// a reload, another tab of the page, another language, or when a session had ended.
const keptRemark = () => `tenon-remark:${one("#shell")?.dataset.who}:${location.pathname}`;
document.addEventListener("submit", (event) => {
  const box = event.target.matches(".remark-form") && one("textarea", event.target);
  if (!box) return;
  box.dataset.sent = box.value;
});
document.addEventListener("input", (event) => {
  if (event.target.matches(".remark-form textarea")) sessionStorage.setItem(keptRemark(), event.target.value);
});
function goOnWriting() {
  const box = one(".remark-form textarea");
  if (box && !box.value) box.value = sessionStorage.getItem(keptRemark()) || "";
}
document.addEventListener("htmx:after:swap", goOnWriting);
goOnWriting();
document.addEventListener("htmx:after:request", (event) => {
  const box = one("textarea", event.target.closest?.(".remark-form") ?? document.createElement("i"));
  if (box && event.detail?.ctx?.response?.status < 400 && !event.detail.ctx.response.headers.has("HX-Redirect")) {
    if (box.value !== box.dataset.sent) return;
    sessionStorage.removeItem(keptRemark());
    box.form.reset();
  }
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-drop] input[type=file]") && event.target.files.length) event.target.form.requestSubmit();
});

const zoneOf = (event) => event.target.closest?.("[data-drop]");
document.addEventListener("dragover", (event) => {
  const zone = zoneOf(event);
  if (!zone || ![...event.dataTransfer.types].includes("Files")) return;
  event.preventDefault();
  zone.classList.add("over");
});
document.addEventListener("dragleave", (event) => zoneOf(event)?.classList.remove("over"));
document.addEventListener("drop", (event) => {
  const zone = zoneOf(event);
  if (!zone || !event.dataTransfer.files.length) return;
  event.preventDefault();
  all(".over").forEach((each) => each.classList.remove("over"));
  one("input[type=file]", zone).files = event.dataTransfer.files;
  announce(word("Uploading"));
  zone.requestSubmit();
});
