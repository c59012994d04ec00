// The role designer: the check for leaks, run when somebody asks, forgotten when the role changes.
import { one, word } from "./dom.js";
import { parse, send } from "./address.js";
import { toast } from "./toast.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-check-leaks]");
  if (!button || button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  one("[data-checking]").hidden = false;
  one("[data-leaks]").replaceChildren();
  try {
    const answer = await send(`${one("#designer").dataset.url}/leaks`, new FormData());
    one("[data-leaks]").replaceChildren(parse(await answer.text()));
  } catch {
    toast(word("The server could not answer. Try again in a moment."));
  }
  one("[data-checking]").hidden = true;
  button.removeAttribute("aria-disabled");
});
document.addEventListener("tenon:designed", () => one("[data-leaks]")?.replaceChildren());
