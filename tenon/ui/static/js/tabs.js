// A row of tabs that is longer than the page: the open one is in sight, and the row fades where it goes on.
import { one } from "./dom.js";

const row = () => one(".tabs-line .tabs, .record > .tabs");
const fade = () => row()?.classList.toggle("goes-on", row().scrollWidth - row().clientWidth - row().scrollLeft > 4);

if (row()) {
  one("[aria-current]", row())?.scrollIntoView({ block: "nearest", inline: "center" });
  row().addEventListener("focusin", ({ target }) => target.scrollIntoView({ block: "nearest", inline: "nearest" })); // not every browser does when it was out of sight
  row().addEventListener("scroll", fade, { passive: true });
  new ResizeObserver(fade).observe(row());
  document.addEventListener("htmx:after:swap", fade);
}
