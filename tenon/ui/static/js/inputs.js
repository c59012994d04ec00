// What inputs do beyond the browser's own: grouped numbers, days by keys, hints, stars that can be taken back, tags, files.
import { all, announce, one, word } from "./dom.js";

const lang = document.documentElement.lang || "en";
const NUMBER = /^[-+−]?[\d,， ]*(\.\d*)?$/;

function group(input) {
  const text = input.value.trim().replace(/[,，\s]/g, "").replace("−", "-");
  if (!text || !NUMBER.test(text) || !/\d/.test(text) || text.length > 18) return;
  const decimals = text.split(".")[1]?.length ?? 0;
  const least = decimals ? Math.max(decimals, Number(input.dataset.number || 0)) : 0;
  input.value = new Intl.NumberFormat(lang, { minimumFractionDigits: least, maximumFractionDigits: Math.max(least, decimals) }).format(text);
}

const regroup = () => all("input[data-number]").forEach((input) => { if (document.activeElement !== input) group(input); });
document.addEventListener("focusin", (event) => {
  const input = event.target;
  if (!input.matches?.("input[data-number]") || !NUMBER.test(input.value)) return;
  input.value = input.value.replace(/[,，]/g, "");
  input.select();
});
document.addEventListener("focusout", (event) => { if (event.target.matches?.("input[data-number]")) group(event.target); });

const two = (number) => String(number).padStart(2, "0");
function setDay(input, day, time) {
  input.value = input.type === "date" ? day : `${day}T${time}`;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
  announce(input.value.replace("T", " "));
}

function today(input) {
  const now = new Date();
  setDay(input, input.dataset.day, `${two(now.getHours())}:${two(now.getMinutes())}`);
}

function move(input, days) {
  const [day, time = "09:00"] = (input.value || input.dataset.day).split("T");
  const moved = new Date(`${day}T00:00:00Z`);
  if (input.value) moved.setUTCDate(moved.getUTCDate() + days);
  setDay(input, moved.toISOString().slice(0, 10), time);
}

document.addEventListener("keydown", (event) => {
  if (!event.target.matches?.("input[data-day]") || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = { t: () => today(event.target), "+": () => move(event.target, 1), "=": () => move(event.target, 1), "-": () => move(event.target, -1) }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

/** A word beside the field while it is still being filled in; saving is checked by the server. */
function hint(input) {
  const field = input.closest(".field, td");
  if (!field) return;
  one("[data-soft]", field)?.remove();
  const digits = input.value.replace(/\D/g, "").length;
  const isOdd = input.type === "tel" ? digits < 5 || digits > 15 : !input.validity.valid;
  if (!input.value.trim() || !isOdd) return;
  const text = { email: word("This does not look like an e-mail address."), tel: word("This does not look like a phone number.") }[input.type]
    ?? word("This does not look like a web address. It begins with https://");
  const note = Object.assign(document.createElement("p"), { className: "help warn", textContent: text });
  note.dataset.soft = "";
  note.setAttribute("role", "status");
  input.after(note);
}
document.addEventListener("focusout", (event) => { if (event.target.matches?.("input[data-hint]")) hint(event.target); });

document.addEventListener("click", (event) => {
  const day = event.target.closest("[data-today]");
  if (day) today(one("input[data-day]", day.parentElement));
  const star = event.target.closest("[data-stars] input");
  if (!star) return;
  const box = star.closest("[data-stars]");
  if (box.dataset.now === star.value) {
    star.checked = false;
    star.dispatchEvent(new Event("change", { bubbles: true }));
  }
  box.dataset.now = star.checked ? star.value : "";
});

const noteStars = () => all("[data-stars]").forEach((box) => { box.dataset.now = one("input:checked", box)?.value ?? ""; });

/** <tn-tags>: a word becomes a chip by comma, Enter or leaving the field; a chip is a ticked box, and goes when it is not. */
class Tags extends HTMLElement {
  connectedCallback() {
    if (this.isWired) return;
    this.isWired = true;
    const input = one(".input", this);
    input.addEventListener("keydown", (event) => {
      if ((event.key === "Enter" || event.key === ",") && input.value.trim() && !event.isComposing) {
        event.preventDefault();
        this.take(input);
      } else if (event.key === "Backspace" && !input.value) this.drop(all(".chip", this).at(-1));
    });
    input.addEventListener("change", (event) => {
      event.stopPropagation();
      this.take(input);
    });
    this.addEventListener("change", (event) => { if (event.target.type === "checkbox" && !event.target.checked) this.drop(event.target.closest(".chip")); });
  }

  take(input) {
    const words = input.value.split(/[,，]/).map((text) => text.trim()).filter(Boolean);
    const known = all("input[type=checkbox]", this).map((box) => box.value);
    for (const text of words.filter((each) => !known.includes(each))) one(".picked", this).append(this.chip(text));
    input.value = "";
    this.tell();
  }

  chip(text) {
    const chip = Object.assign(document.createElement("label"), { className: "chip" });
    const box = Object.assign(document.createElement("input"), { type: "checkbox", className: "sr", name: this.dataset.name, value: text, checked: true });
    chip.append(box, Object.assign(document.createElement("span"), { textContent: text }), Object.assign(document.createElement("span"), { textContent: "×" }));
    return chip;
  }

  drop(chip) {
    if (!chip) return;
    chip.remove();
    one(".input", this).focus();
    this.tell();
  }

  tell() { this.dispatchEvent(new Event("change", { bubbles: true })); }
}

/** <tn-file>: files can be dropped on it; what was chosen is shown, pictures as pictures. */
class FileBox extends HTMLElement {
  connectedCallback() {
    if (this.isWired) return;
    this.isWired = true;
    this.input = one("input[type=file]", this);
    this.input.addEventListener("change", () => this.show());
    for (const name of ["dragenter", "dragover"]) this.addEventListener(name, (event) => { event.preventDefault(); this.classList.add("over"); });
    this.addEventListener("dragleave", () => this.classList.remove("over"));
    this.addEventListener("drop", (event) => {
      event.preventDefault();
      this.classList.remove("over");
      if (!event.dataTransfer.files.length) return;
      this.input.files = event.dataTransfer.files;
      this.input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  show() {
    const place = one(".file-preview", this);
    const [file] = this.input.files;
    place.replaceChildren();
    if (!file) return;
    if (file.type.startsWith("image/") && file.size < 8e6) {
      const reader = new FileReader();
      reader.addEventListener("load", () => {
        place.prepend(Object.assign(document.createElement("img"), { src: reader.result, alt: file.name, className: "file-seen" }));
      });
      reader.readAsDataURL(file);
    }
    const clear = Object.assign(document.createElement("button"), { type: "button", className: "button ghost small", textContent: word("Remove") });
    clear.setAttribute("aria-label", `${word("Remove")} ${file.name}`);
    clear.addEventListener("click", () => { this.input.value = ""; this.show(); this.input.focus(); });
    place.append(Object.assign(document.createElement("span"), { textContent: file.name }), clear);
  }
}

customElements.define("tn-tags", Tags);
customElements.define("tn-file", FileBox);
// The editor of formatted text is large and rare: it is fetched when there is one on the page.
const fetchEditor = () => { if (one("tn-rich:not(:defined)")) import("./rich.js"); };

const settle = () => { regroup(); noteStars(); fetchEditor(); };
settle();
document.addEventListener("htmx:after:swap", settle);
document.addEventListener("focusin", fetchEditor);
