// Entries that were not saved survive a reload or a crash: kept in this browser for this person and form until saved or thrown away.
import { all, one, word } from "./dom.js";

const PREFIX = "tenon-draft:";
const SENT = "tenon-sent";
const WAIT = 400;
const OLD = 14 * 24 * 3600 * 1000;
let timer;

const keyOf = (form) => PREFIX + form.dataset.draft;

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function keep(form) {
  const entries = [...new FormData(form)].filter(([name, value]) => name !== "csrf" && typeof value === "string");
  try {
    localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), entries }));
  } catch {
    // No room, or no storage at all: the warning before leaving is still there.
  }
}

function later(event) {
  const form = event.target.closest?.("form[data-draft]");
  if (!form) return;
  clearTimeout(timer);
  timer = setTimeout(() => { if (form.isConnected) keep(form); timer = null; }, WAIT);
}

// Led away in the middle of a word, such as by a session that ended: the last of it is kept, too.
addEventListener("pagehide", () => {
  const form = timer && one("form[data-draft]");
  if (form) keep(form);
});

/** Draw the form again with the entries; the server knows what belongs to them. */
async function restore(form, entries) {
  const values = {};
  for (const [name, value] of entries) values[name] = name in values ? [values[name], value].flat() : value;
  await htmx.ajax("POST", form.dataset.draftUrl, { values, source: form, target: form, swap: "outerMorph" });
  const [first] = all("form[data-draft] .field .input");
  first?.dispatchEvent(new Event("input", { bubbles: true }));
}

function offer(form, found) {
  const note = one("#draft-note");
  if (!note) return;
  const isToday = new Date(found.at).toDateString() === new Date().toDateString();
  const style = isToday ? { hour: "2-digit", minute: "2-digit" } : { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" };
  const at = new Intl.DateTimeFormat(document.documentElement.lang, style).format(found.at);
  const text = Object.assign(document.createElement("span"), { textContent: word("Restore your draft from %s?").replace("%s", at) });
  const button = (label, className, act) => {
    const made = Object.assign(document.createElement("button"), { type: "button", className, textContent: label });
    made.addEventListener("click", () => { note.hidden = true; note.replaceChildren(); act(); });
    return made;
  };
  note.className = "draft-note";
  note.setAttribute("role", "status");
  note.replaceChildren(
    text,
    button(word("Restore"), "button small primary", () => restore(form, found.entries)),
    button(word("Discard"), "button small ghost", () => localStorage.removeItem(keyOf(form))),
  );
  note.hidden = false;
}

const same = (form, entries) => {
  const now = [...new FormData(form)].filter(([name, value]) => name !== "csrf" && typeof value === "string");
  return JSON.stringify(now) === JSON.stringify(entries);
};

/** True when what was sent was taken: the server led on from there, and not to the door because a session had ended. */
function wasTaken() {
  const [here] = performance.getEntriesByType("navigation");
  return here?.type === "navigate" && here.redirectCount > 0 && !one(".door");
}

function begin() {
  const form = one("form[data-draft]");
  const sent = sessionStorage.getItem(SENT);
  sessionStorage.removeItem(SENT);
  if (sent && wasTaken()) localStorage.removeItem(sent);
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) {
    if (Date.now() - (read(key)?.at ?? 0) > OLD) localStorage.removeItem(key);
  }
  const found = form && !form.matches("[data-failed]") ? read(keyOf(form)) : null;
  if (found && !same(form, found.entries)) offer(form, found);
}

document.addEventListener("input", later);
document.addEventListener("change", later);
document.addEventListener("submit", (event) => {
  if (event.target.getAttribute("action")?.endsWith("/sign-out")) {
    for (const key of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) localStorage.removeItem(key);
  }
  if (event.target.matches("form[data-draft]")) {
    clearTimeout(timer);
    timer = null;
    keep(event.target);
    sessionStorage.setItem(SENT, keyOf(event.target));
  }
});
begin();
