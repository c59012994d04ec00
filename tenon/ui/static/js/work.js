// Jobs that write many records of this list: shown above it while they run, with the way back at their end.
import { all, announce, one } from "./dom.js";
import { parse, refresh } from "./address.js";

const AGAIN = 400;
const told = new Set();

/** Show the job of an address above the list. */
export async function showWork(url) {
  const answer = await fetch(url, { headers: { "HX-Request": "true" } });
  if (!answer.ok) return;
  const place = one("#works");
  place.append(parse(await answer.text()));
  htmx.process(place);
  follow();
}

/** The list is shown anew once when a job has ended, and nobody is writing in it; what is ticked stays so. */
async function follow() {
  const ended = all('#works [data-work="ended"]').filter((work) => !told.has(work.id));
  for (const work of ended) told.add(work.id);
  if (!ended.length) return;
  while (one(".sheet .editing")) await new Promise((done) => setTimeout(done, AGAIN));
  const ticked = all(".sheet [data-tick]:checked").map((box) => box.value);
  await refresh();
  for (const box of all(".sheet [data-tick]")) {
    if (ticked.includes(box.value)) box.click();
  }
  announce(ended.map((work) => one(".work-text", work)?.textContent.trim()).join(" "));
}

document.addEventListener("htmx:after:swap", follow);
document.addEventListener("click", (event) => event.target.closest("[data-work-close]")?.closest(".work").remove());
