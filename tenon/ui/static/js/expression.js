// <tn-expression>: a textarea that becomes an editor of expressions when it is first used; what the editor is comes only then.
import { one } from "./dom.js";

class Expression extends HTMLElement {
  connectedCallback() {
    this.area = one("textarea", this);
    this.told = this.area.value; // what is typed while the editor is on its way is told by it
    this.area.addEventListener("focus", () => this.open(), { once: true });
    this.area.addEventListener("change", () => this.takeOver());
  }

  disconnectedCallback() {
    this.view?.destroy();
    this.view = null;
  }

  /** Put the editor in the place of the textarea, which goes on holding the text. */
  open() {
    this.opening ||= this.build();
    return this.opening;
  }

  async build() {
    const [mirror, editor] = await Promise.all([import(this.dataset.editor), import("./expression_editor.js")]).catch(() => []);
    if (!editor || !this.isConnected) return;
    const host = document.createElement("div");
    host.className = "input expression-box";
    host.setAttribute("hx-morph-skip", "");
    this.area.after(host);
    const hadFocus = document.activeElement === this.area;
    this.view = editor.edit(this, mirror, host.attachShadow({ mode: "open" }));
    this.area.classList.add("behind");
    if (hadFocus) this.view.focus();
  }

  /** True while its text is being written and nobody was told of it yet. */
  get isHalfSaid() {
    return this.area.value !== this.told;
  }

  /** Where its writer is, counted in characters. */
  get caret() {
    return this.view ? this.view.state.selection.main.head : this.area.selectionStart;
  }

  /** Go on writing a text that was begun in an editor which this one replaces. */
  async goOn(text, at) {
    this.area.focus({ preventScroll: true });
    await this.open();
    this.view?.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text }, selection: { anchor: Math.min(at, text.length) } });
  }

  changed(update) {
    if (update.docChanged && !this.isTaking) {
      this.area.value = update.state.doc.toString();
      this.area.dispatchEvent(new Event("input", { bubbles: true }));
    }
    if (update.focusChanged && !update.view.hasFocus) this.tell();
  }

  /** Say that the text is settled: it can be read, or the focus has left. */
  tell() {
    if (this.told === this.area.value) return;
    this.told = this.area.value;
    this.area.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** Take a text that was written into the textarea from elsewhere. */
  takeOver() {
    this.told = this.area.value;
    if (!this.view || this.view.state.doc.toString() === this.area.value) return;
    this.isTaking = true;
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: this.area.value } });
    this.isTaking = false;
  }
}

customElements.define("tn-expression", Expression);
