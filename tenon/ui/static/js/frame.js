// The frame: the folded menu, the records seen last, and a word when the connection is gone.
import { all, one, readCookie, writeCookie } from "./dom.js";

const MOST = 12;
const shell = one("#shell");

function name() {
  const isFolded = shell.classList.contains("folded");
  for (const item of all(".side .nav")) {
    if (isFolded) item.title = one("span", item).textContent;
    else item.removeAttribute("title");
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fold]");
  if (!button) return;
  const isFolded = shell.classList.toggle("folded");
  button.setAttribute("aria-pressed", String(isFolded));
  writeCookie("tenon_side", isFolded ? "folded" : "open");
  name();
});

if (shell) {
  name();
  const here = location.pathname.match(/^\/records\/([a-z0-9_]+\/[0-9a-f-]{36})$/);
  if (here && one("h1")) {
    const others = readCookie("tenon_seen").split(",").filter((each) => each && each !== here[1]);
    writeCookie("tenon_seen", [here[1], ...others].slice(0, MOST).join(","));
  }
  one(".side [aria-current]")?.scrollIntoView({ block: "nearest" });
  one(".admin-nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
}

function tellConnection() {
  const bar = one("#offline");
  if (bar) bar.hidden = navigator.onLine;
}
addEventListener("offline", tellConnection);
addEventListener("online", tellConnection);
tellConnection();
