// Going to another address of the same list: the part that changes is fetched and morphed in, the address is pushed.
import { all, announce, one, word } from "./dom.js";

let wanted = null; // the address that is on its way: what is changed meanwhile is a change of it
let pending = null; // until it is shown
let isSame = false; // what was asked for last is the list that stands there
let isTyped = false; // what is typed letter by letter is one step of the browser's history

const here = () => location.pathname + location.search;
const paramsOf = (url) => new URL(url, location.href).searchParams;

/** The question of the list, with what is on its way. */
export const asked = () => paramsOf(wanted ?? here());

/** Change the question of the address: `change` gets its parameters; the list starts at its first page again. */
export function go(change, how = {}) {
  const params = asked();
  change(params);
  params.delete("cursor");
  params.delete("seen");
  return goTo(`${location.pathname}${params.size ? `?${params}` : ""}`, how);
}

/** Go where a link of this list leads, as it stands there when all that was asked before is shown. */
export async function follow(link) {
  const label = link.getAttribute("aria-label");
  let now = link;
  while (pending) {
    await pending;
    now = label ? all("a[data-go]").find((each) => each.getAttribute("aria-label") === label) : link;
  }
  if (now?.isConnected) await goTo(now.getAttribute("href"));
}

/** Go to an address of this list, unless something that is being written here is refused; the last one asked for is the one shown. */
function goTo(url, how = {}) {
  wanted = url;
  const mine = ask(url, how).finally(() => {
    if (pending === mine) pending = wanted = null;
  });
  pending = mine;
  return mine;
}

async function ask(url, { typed = false, told = true }) {
  const written = [];
  document.dispatchEvent(new CustomEvent("tenon:leave", { detail: written }));
  if (written.length && !(await Promise.all(written)).every(Boolean)) return;
  if (wanted !== url) return;
  isTyped = typed;
  isSame = url === here();
  await htmx.ajax("GET", url, { source: "#bar", target: "#results", swap: "outerMorph" });
  if (told && wanted === url) announce(answer());
}

/** What somebody hears who does not see the list: that nothing fits, what is wrong, or how many records there are. */
function answer() {
  const text = one("#results :is(.empty h2, .alert strong), #results .foot > span")?.textContent.trim();
  return text || word("The list has changed.");
}

document.addEventListener("htmx:before:history:restore", () => { wanted = null; });
document.addEventListener("htmx:before:history:update", (event) => {
  const { history: step, sourceElement: source } = event.detail;
  if (source?.id !== "bar") return;
  const query = (url) => paramsOf(url).get("q");
  if (step.path === here()) event.preventDefault();
  else if (isTyped && query(here()) && query(step.path)) step.type = "replace";
});

/** True when what is being shown is the same list once more: who has begun to write in it goes on. */
export const isOnceMore = () => isSame;

/** Show the list of the present address anew; who asked for it says what has happened. */
export const refresh = () => goTo(wanted ?? here(), { told: false });

/** Send a form to our own server, with the token of this session. */
export function send(url, body, how = {}) {
  const { "X-CSRF-Token": token } = JSON.parse(document.body.getAttribute("hx-headers:inherited") || "{}");
  return fetch(url, { method: "POST", body, headers: { "HX-Request": "true", "X-CSRF-Token": token || "" }, ...how });
}

/** Send a form; without a connection the answer is 503 with that as its text, so that who sends says it and keeps what was typed. */
export const reach = (...form) => send(...form).catch(() => new Response(JSON.stringify({ text: word("This could not be done.") }), { status: 503 }));

/** Ask our own API, with the token of this session and in the language of the page. */
export function sendJson(url, value) {
  const { "X-CSRF-Token": token } = JSON.parse(document.body.getAttribute("hx-headers:inherited") || "{}");
  return fetch(url, { method: "POST", body: JSON.stringify(value), headers: { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang, "X-CSRF-Token": token || "" } });
}

/** Return the elements of a part of a page that our own server made. */
export function parse(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content;
}
