// The message designer: texts are kept while they are written, fields are put in at the caret, and the message is read anew after every step.
import { all, announce, one, word } from "./dom.js";
import { parse, send } from "./address.js";
import { toast } from "./toast.js";

const PAUSE = 400;
let last = null;
let waiting = new Map();
let timer = 0;
let asked = 0;

function keep(input) {
  waiting.set(input.dataset.words, input.value);
  clearTimeout(timer);
  timer = setTimeout(flush, PAUSE);
}

async function flush() {
  clearTimeout(timer);
  if (!waiting.size) return;
  const operations = [...waiting].map(([at, value]) => ({ op: "set", at, value }));
  waiting = new Map();
  document.dispatchEvent(new CustomEvent("tenon:design", { detail: { operations, isTyped: true } }));
}

function put(text) {
  const input = last?.isConnected && !last.closest("[hidden]") ? last : one("#message-words textarea");
  input.setRangeText(text, input.selectionStart, input.selectionEnd, "end");
  input.focus();
  keep(input);
  announce(text);
}

async function read() {
  const place = one("[data-message-preview]");
  const mine = ++asked;
  const record = one("#message-record")?.value ?? "";
  const answer = await fetch(`${one("#designer").dataset.url}/preview?record=${encodeURIComponent(record)}`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (mine !== asked) return;
  if (!answer?.ok) return toast(word("The server could not answer. Try again in a moment."));
  const focused = document.activeElement?.id === "message-record";
  place.replaceChildren(parse(await answer.text()));
  if (focused) one("#message-record")?.focus();
}

document.addEventListener("input", (event) => { if (event.target.matches("[data-words]")) keep(event.target); });
document.addEventListener("focusin", (event) => { if (event.target.matches("[data-words]")) last = event.target; });
document.addEventListener("focusout", (event) => { if (event.target.matches("[data-words]")) flush(); });
document.addEventListener("change", (event) => { if (event.target.id === "message-record") read(); });
document.addEventListener("click", async (event) => {
  const field = event.target.closest("[data-put]");
  if (field) {
    field.closest("details").open = false;
    put(field.dataset.put);
  }
  const test = event.target.closest("[data-send-test]");
  if (!test || test.getAttribute("aria-disabled") === "true") return;
  test.setAttribute("aria-disabled", "true");
  const sent = new FormData();
  sent.set("record", one("#message-record").value);
  try {
    one("#message-tested").replaceChildren(parse(await (await send(`${one("#designer").dataset.url}/test`, sent)).text()));
  } catch {
    toast(word("The server could not answer. Try again in a moment."));
  }
  test.removeAttribute("aria-disabled");
});

/** What a step changed, an undo say, is written where nobody is writing. */
document.addEventListener("tenon:designed", () => {
  for (const now of all("[data-stands]")) {
    const input = one(`[data-words="${CSS.escape(now.dataset.stands)}"]`);
    if (input && input !== document.activeElement && !waiting.has(now.dataset.stands)) input.value = now.value;
  }
  const titled = Boolean(one('[data-stands^="/subject/"]'));
  for (const label of all("[data-subject]")) label.hidden = !titled;
  read();
});
addEventListener("beforeunload", flush);
read();
