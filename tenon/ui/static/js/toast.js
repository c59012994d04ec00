// Short messages at the corner: of the page before, of htmx answers; with a way to undo where there is one.
import { one, readCookie, word, writeCookie } from "./dom.js";

const STAYS = 7000;

/** Show a short message; with `undo` a button that posts there. */
export function toast(text, undo = "") {
  const box = Object.assign(document.createElement("div"), { className: "toast" });
  box.append(Object.assign(document.createElement("span"), { textContent: text }));
  if (undo) box.append(undoForm(undo));
  one("#toasts").append(box);
  let timer = setTimeout(() => box.remove(), STAYS);
  for (const name of ["mouseenter", "focusin"]) box.addEventListener(name, () => clearTimeout(timer));
  for (const name of ["mouseleave", "focusout"]) box.addEventListener(name, () => { timer = setTimeout(() => box.remove(), STAYS); });
}

function undoForm(action) {
  const form = Object.assign(document.createElement("form"), { method: "post", action });
  const csrf = one('input[name="csrf"]')?.value || "";
  form.append(
    Object.assign(document.createElement("input"), { type: "hidden", name: "next", value: location.pathname + location.search }),
    Object.assign(document.createElement("input"), { type: "hidden", name: "csrf", value: csrf }),
    Object.assign(document.createElement("button"), { textContent: word("Undo") }),
  );
  return form;
}

let leaving = 0;

/** Say what the server left for the next page, or for the part of one that it has just sent: a page that is being left leaves it to the next. */
function tell() {
  if (Date.now() - leaving < STAYS) return;
  const [text, undo] = readCookie("tenon_flash").split("\n");
  if (text) toast(text, undo?.startsWith("/") ? undo : "");
  if (readCookie("tenon_flash")) writeCookie("tenon_flash", "", 0);
}

addEventListener("beforeunload", () => { leaving = Date.now(); });
addEventListener("pageshow", () => { leaving = 0; });
setTimeout(tell, 100); // what is there before the page stands is said by nobody
document.addEventListener("htmx:after:swap", tell);

document.addEventListener("htmx:response:error", (event) => {
  const { status = 500 } = event.detail?.ctx?.response ?? {}; // a refusal is shown where it belongs
  if (status >= 500) toast(word("The server could not answer. Try again in a moment."));
});
document.addEventListener("htmx:error", () => toast(word("No connection to the server.")));
