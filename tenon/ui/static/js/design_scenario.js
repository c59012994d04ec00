// The scenario designer: living through the story when somebody asks; what came out stands at each step until the story changes.
import { all, one, word } from "./dom.js";
import { parse, send } from "./address.js";
import { toast } from "./toast.js";

let ran = null;
const revision = () => one("#design-bar").dataset.revision;

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-run-story]");
  if (!button || button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  one("[data-running]").hidden = false;
  clear();
  try {
    const answer = await send(`${one("#designer").dataset.url}/run`, new FormData());
    show(parse(await answer.text()));
  } catch {
    toast(word("The server could not answer. Try again in a moment."));
  }
  one("[data-running]").hidden = true;
  button.removeAttribute("aria-disabled");
});

function clear() {
  ran = null;
  one("[data-story]").replaceChildren();
  for (const place of all(".story-outcome")) place.replaceChildren();
}

function show(part) {
  ran = { revision: revision(), found: all("[data-outcome]", part).map((each) => [each.dataset.outcome, [...each.childNodes]]) };
  for (const outcome of all("[data-outcome]", part)) outcome.remove();
  one("[data-story]").replaceChildren(part);
  place();
}

function place() {
  for (const [id, nodes] of ran.found) document.getElementById(`outcome-${id}`)?.append(...nodes);
}

/** Another step may have been chosen, then it still holds; when the story was changed it does not. */
document.addEventListener("tenon:designed", () => {
  if (!ran) return;
  if (ran.revision === revision()) place();
  else clear();
});
