// <tn-rich>: a small editor over a textarea: bold, italic, lists, links. Everything is cleaned here, and again by the server.
import { all, one, word } from "./dom.js";

const TAGS = new Set("P BR B STRONG I EM U S UL OL LI A H2 H3 BLOCKQUOTE CODE PRE DIV SPAN TABLE THEAD TBODY TR TH TD".split(" "));
const SAFE = /^(https?:|mailto:|tel:)/i;

/** Return the safe part of some HTML. */
function clean(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const element of all("*", page.body).reverse()) {
    if (["SCRIPT", "STYLE"].includes(element.tagName)) element.remove();
    else if (!TAGS.has(element.tagName)) element.replaceWith(...element.childNodes);
    else for (const { name, value } of [...element.attributes]) if (name !== "href" || !SAFE.test(value)) element.removeAttribute(name);
  }
  return page.body.innerHTML;
}

class Rich extends HTMLElement {
  connectedCallback() {
    if (this.editor) return;
    this.area = one("textarea", this);
    const isIn = document.activeElement === this.area; // it is written in while this comes
    this.editor = Object.assign(document.createElement("div"), { className: "input rich-text", contentEditable: "true", tabIndex: 0 });
    this.editor.setAttribute("role", "textbox");
    this.editor.setAttribute("aria-multiline", "true");
    this.editor.setAttribute("aria-label", this.dataset.label);
    one(".rich-box", this).replaceChildren(this.toolbar(), this.linkRow(), this.editor);
    this.fill();
    if (isIn) this.enter();
    this.editor.addEventListener("input", () => this.store());
    this.addEventListener("focusout", (event) => {
      if (!this.isChanged || this.contains(event.relatedTarget)) return; // the tools belong to the editor
      this.isChanged = false;
      this.area.dispatchEvent(new Event("change", { bubbles: true }));
    });
    this.editor.addEventListener("paste", (event) => {
      event.preventDefault();
      document.execCommand("insertText", false, event.clipboardData.getData("text/plain"));
    });
    this.editor.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); event.stopPropagation(); this.askLink(); }
    });
    this.area.labels?.[0]?.addEventListener("click", () => this.editor.focus());
    document.addEventListener("htmx:after:swap", () => { if (this.isConnected && document.activeElement !== this.editor && this.area.value !== this.kept) this.fill(); });
  }

  /** Write on at the end of what is there. */
  enter() {
    this.editor.focus();
    getSelection().selectAllChildren(this.editor);
    getSelection().collapseToEnd();
  }

  fill() {
    this.kept = this.area.value;
    this.editor.innerHTML = clean(this.area.value);
  }

  store() {
    this.isChanged = true;
    this.kept = this.area.value = this.editor.textContent.trim() || one("hr, img", this.editor) ? clean(this.editor.innerHTML) : "";
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  toolbar() {
    const bar = Object.assign(document.createElement("div"), { className: "rich-bar" });
    bar.setAttribute("role", "toolbar");
    bar.setAttribute("aria-label", word("Formatting"));
    for (const [name, sign, label] of [["bold", "B", word("Bold")], ["italic", "I", word("Italic")], ["insertUnorderedList", this.icon(this.dataset.list), word("List")], ["insertOrderedList", this.icon(this.dataset.ordered), word("Numbered list")], ["link", this.icon(this.dataset.link), word("Link")]]) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: `rich-button ${name}`, title: label });
      button.append(sign);
      button.setAttribute("aria-label", label);
      button.addEventListener("mousedown", (event) => event.preventDefault());
      button.addEventListener("click", () => this.act(name));
      bar.append(button);
    }
    return bar;
  }

  icon(url) {
    const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", url);
    drawing.classList.add("icon");
    drawing.setAttribute("aria-hidden", "true");
    drawing.append(use);
    return drawing;
  }

  act(name) {
    if (name === "link") { this.askLink(); return; }
    this.editor.focus();
    document.execCommand(name);
    this.store();
  }

  linkRow() {
    this.row = Object.assign(document.createElement("div"), { className: "rich-link", hidden: true });
    const input = Object.assign(document.createElement("input"), { type: "url", className: "input", placeholder: "https://" });
    input.setAttribute("aria-label", word("Address of the link"));
    const apply = Object.assign(document.createElement("button"), { type: "button", className: "button small", textContent: word("Insert") });
    apply.addEventListener("click", () => this.link(input.value.trim()));
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") { event.preventDefault(); event.stopPropagation(); apply.click(); }
      if (event.key === "Escape") { event.stopPropagation(); this.row.hidden = true; this.editor.focus(); }
    });
    for (const name of ["input", "change"]) input.addEventListener(name, (event) => event.stopPropagation());
    this.row.append(input, apply);
    return this.row;
  }

  askLink() {
    const selection = getSelection();
    this.range = selection.rangeCount && this.editor.contains(selection.anchorNode) ? selection.getRangeAt(0).cloneRange() : null;
    this.row.hidden = false;
    const input = one("input", this.row);
    input.value = "";
    input.focus();
  }

  link(url) {
    this.row.hidden = true;
    this.editor.focus();
    if (!url) return;
    const address = SAFE.test(url) ? url : `https://${url}`;
    if (this.range) { getSelection().removeAllRanges(); getSelection().addRange(this.range); }
    if (getSelection().isCollapsed) {
      const link = Object.assign(document.createElement("a"), { href: address, textContent: address });
      document.execCommand("insertHTML", false, link.outerHTML);
    } else document.execCommand("createLink", false, address);
    this.store();
  }
}

customElements.define("tn-rich", Rich);
