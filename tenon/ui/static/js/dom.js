// Finding elements, saying things aloud, and the words of the reader's language.

export const one = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];

const words = JSON.parse(one('meta[name="tenon-words"]')?.content || "{}");
/** Return a text in the reader's language; the English text is the key. */
export const word = (text) => words[text] || text;

/** Call something after a swap that could have changed what a selector names: a palette that was filled changes no list. */
export function afterSwap(selector, call) {
  document.addEventListener("htmx:after:swap", (event) => {
    const target = event.detail?.ctx?.target;
    if (!target?.matches || target === document.body || target.closest(selector) || one(selector, target)) call(event);
  });
}

/** Let a screen reader say something. */
export function announce(text) {
  const place = placeToSay();
  place.textContent = "";
  setTimeout(() => { place.textContent = text; }, 60);
}

/** What is said while a dialog is open is said in it: the page behind is not there for a screen reader. */
function placeToSay() {
  const dialog = all("dialog:modal").at(-1);
  if (!dialog) return one("#announce");
  return one(":scope > [role=status]", dialog) ?? dialog.appendChild(Object.assign(document.createElement("div"), { className: "sr", role: "status" }));
}

export function readCookie(name) {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

export function writeCookie(name, value, age = 31536000) {
  const secure = location.protocol === "https:" ? ";secure" : "";
  document.cookie = `${name}=${encodeURIComponent(value)};path=/;max-age=${age};samesite=lax${secure}`;
}

/** False when somebody wants no keys that do something without Ctrl or Alt: who dictates, or touches keys by chance. */
export const hasKeys = () => readCookie("tenon_keys") !== "off";

/** True when keys belong to a field and not to the page. */
export const isTyping = (target) => Boolean(target.closest?.("input, textarea, select, [contenteditable], dialog[open]"));
