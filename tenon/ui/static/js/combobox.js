// <tn-combobox>: type, choose from what the server offers, keep one or many as hidden inputs.
import { all, announce, one, word } from "./dom.js";

class Combobox extends HTMLElement {
  connectedCallback() {
    this.input = one("[role=combobox]", this);
    this.list = one("[role=listbox]", this);
    if (this.isWired) return;
    this.isWired = true;
    this.input.addEventListener("input", () => {
      this.input.setCustomValidity("");
      this.ask(150);
    });
    this.input.addEventListener("focus", () => {
      if (this.dataset.quiet === undefined) this.ask(0); // focus that comes by itself must not hide what is below
      delete this.dataset.quiet;
    });
    this.input.addEventListener("click", () => { if (this.list.hidden) this.ask(0); });
    this.input.addEventListener("blur", () => {
      this.settle();
      setTimeout(() => this.close(), 120);
    });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      this.pick(event.target.closest("[data-value], [data-create]"));
    });
    // The form around was drawn again while choices were open: they are asked for again.
    document.addEventListener("htmx:after:swap", () => { if (this.isConnected && this.isOpen && document.activeElement === this.input) this.ask(0); });
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
    this.asking?.abort(); // an answer to what was typed before would put other choices under the hand
    this.isAsking = true;
    this.isAwaited = false;
    this.timer = setTimeout(() => this.load(), delay);
  }

  async load() {
    this.asking = new AbortController();
    const headers = { "HX-Request": "true" };
    const { signal } = this.asking;
    const form = this.dataset.narrowed === undefined ? null : this.closest("form");
    const url = form ? this.dataset.url : `${this.dataset.url}?q=${encodeURIComponent(this.input.value)}`;
    try {
      const answer = await fetch(url, form ? { method: "POST", body: this.sent(form), signal, headers } : { signal, headers });
      const choices = await answer.text();
      if (!answer.ok) return;
      if (document.activeElement === this.input) this.show(choices); // nothing opens over what has the focus now
      else if (this.isAwaited) {
        this.list.innerHTML = choices;
        this.pick(one("[data-value]", this.list));
      }
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    } finally {
      if (!signal.aborted) this.isAsking = this.isAwaited = false;
    }
  }

  /** Return what was typed so far: what is offered may hang on it. */
  sent(form) {
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (typeof value !== "string") data.delete(name);
    data.set("q", this.input.value);
    return data;
  }

  show(html) {
    // The same server and the same templates made this text; it is escaped there.
    this.list.innerHTML = html;
    if (this.dataset.creates) this.list.append(this.creating(this.input.value.trim()));
    all("[role=option]", this.list).forEach((option, at) => { option.id = `${this.list.id}-${at}`; });
    this.list.hidden = false;
    this.isOpen = true;
    this.input.setAttribute("aria-expanded", "true");
    this.mark(0);
    if (this.isAwaited) this.pick(this.choices[0]);
  }

  /** Return whether what was typed has no choices yet: Enter means the first of those that are on their way, not of those before. */
  get isAhead() { return Boolean(this.isAsking && this.input.value.trim()); }

  creating(text) {
    const name = text ? `“${text}”` : this.dataset.createsLabel;
    const option = Object.assign(document.createElement("li"), { className: "create", textContent: `＋ ${word("Create")} ${name}` });
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset.create = text;
    return option;
  }

  close() {
    this.list.hidden = true;
    this.isOpen = false;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  get choices() { return all("[data-value], [data-create]", this.list); }

  mark(index) {
    this.choices.forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    const option = this.choices[index];
    if (!option) return;
    this.input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    if (event.isComposing) return;
    const now = this.choices.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (this.list.hidden) this.ask(0);
      else this.mark((now + step + this.choices.length) % this.choices.length);
    } else if (event.key === "Enter" && this.isAhead) {
      event.preventDefault();
      this.isAwaited = true;
    } else if (event.key === "Enter" && !this.list.hidden) {
      event.preventDefault();
      this.pick(this.choices[now]);
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.stopPropagation();
      this.close();
    } else if (event.key === "Tab") {
      this.settle(true);
      this.close(); // at once: it would lie over what gets the focus now
    } else if (event.key === "Backspace" && !this.input.value) {
      this.drop(all(".chip", this).at(-1));
    }
  }

  pick(option) {
    if (!option) return;
    if (option.dataset.create === undefined) {
      this.take(option.dataset.value, option.dataset.title);
      return;
    }
    this.input.value = "";
    this.input.setCustomValidity("");
    this.close();
    this.dispatchEvent(new CustomEvent("tenon:create", { bubbles: true, detail: option.dataset.create }));
  }

  /** Whoever goes on leaves no text that looks like a value and is none: what it names is taken, on Tab the only choice too; else a form is not sent with it. */
  settle(isOnly = false) {
    const text = this.input.value.trim().toLowerCase();
    if (!text) return;
    const offered = this.isAhead ? [] : all("[data-value]", this.list);
    const named = offered.filter((option) => option.dataset.title.toLowerCase() === text);
    const meant = named.length === 1 ? named[0] : isOnly && offered.length === 1 ? offered[0] : null;
    if (meant) this.pick(meant);
    else if (!this.closest(".conditions, form[method=get]")) this.input.setCustomValidity(word("Choose from the list, or empty this."));
  }

  take(value, title) {
    this.input.setCustomValidity("");
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

document.addEventListener("submit", (event) => {
  const unchosen = one("tn-combobox [role=combobox]:invalid", event.target);
  if (!unchosen || event.submitter?.formNoValidate) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  unchosen.reportValidity();
}, true);

customElements.define("tn-combobox", Combobox);
