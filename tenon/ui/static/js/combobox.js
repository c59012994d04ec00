// <tn-combobox>: type, choose from what the server offers, keep one or many as hidden inputs.
import { all, announce, one, word } from "./dom.js";

class Combobox extends HTMLElement {
  connectedCallback() {
    this.input = one("[role=combobox]", this);
    this.list = one("[role=listbox]", this);
    if (this.isWired) return;
    this.isWired = true;
    this.input.addEventListener("input", () => this.ask(150));
    this.input.addEventListener("focus", () => this.ask(0));
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 120));
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      this.pick(event.target.closest("[data-value]"));
    });
    this.addEventListener("click", (event) => {
      if (event.target.closest("[data-remove]")) this.drop(event.target.closest(".chip"));
    });
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    this.asking?.abort();
  }

  ask(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(), delay);
  }

  async load() {
    this.asking?.abort();
    this.asking = new AbortController();
    const url = `${this.dataset.url}?q=${encodeURIComponent(this.input.value)}`;
    try {
      const answer = await fetch(url, { signal: this.asking.signal, headers: { "HX-Request": "true" } });
      if (!answer.ok || document.activeElement !== this.input) return;
      this.show(await answer.text());
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }

  show(html) {
    // The same server and the same templates made this text; it is escaped there.
    this.list.innerHTML = html;
    all("[role=option]", this.list).forEach((option, at) => { option.id = `${this.list.id}-${at}`; });
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.mark(0);
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  get choices() { return all("[data-value]", this.list); }

  mark(index) {
    this.choices.forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    const option = this.choices[index];
    if (!option) return;
    this.input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    const now = this.choices.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (this.list.hidden) this.ask(0);
      else this.mark((now + step + this.choices.length) % this.choices.length);
    } else if (event.key === "Enter" && !this.list.hidden) {
      event.preventDefault();
      this.pick(this.choices[now]);
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.stopPropagation();
      this.close();
    } else if (event.key === "Backspace" && !this.input.value) {
      this.drop(all(".chip", this).at(-1));
    }
  }

  pick(option) {
    if (!option) return;
    const { value, title } = option.dataset;
    const isMany = this.dataset.many !== undefined;
    if (!isMany) all(".chip", this).forEach((chip) => chip.remove());
    if (!all("input[type=hidden]", this).some((input) => input.name === this.dataset.name && input.value === value)) {
      one(".picked", this).append(this.chip(value, title));
    }
    this.input.value = "";
    this.close();
    announce(title);
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  chip(value, title) {
    const chip = Object.assign(document.createElement("span"), { className: "chip" });
    const hidden = Object.assign(document.createElement("input"), { type: "hidden", name: this.dataset.name, value });
    const text = Object.assign(document.createElement("span"), { textContent: title });
    const remove = Object.assign(document.createElement("button"), { type: "button", className: "chip-x", textContent: "×" });
    remove.dataset.remove = "";
    remove.setAttribute("aria-label", `${word("Remove")} ${title}`);
    chip.append(hidden, text, remove);
    return chip;
  }

  drop(chip) {
    if (!chip) return;
    chip.remove();
    this.input.focus();
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

customElements.define("tn-combobox", Combobox);
