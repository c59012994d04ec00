// Choosing an icon out of those that entities may have.
import { all, one, word } from "./dom.js";

const MOST = 144;
const SVG = "http://www.w3.org/2000/svg";
let names = null;
let target = null;
let goesDown = false; // the key was pressed before there were icons

/** Let an icon be chosen for the input that a button names (data-pick-icon). */
export async function open(button) {
  target = document.getElementById(button.dataset.pickIcon);
  const dialog = one("#icon-dialog");
  one("#icon-search").value = "";
  dialog.showModal();
  one("#icon-search").focus();
  if (!names) {
    const answer = await fetch(dialog.dataset.sprite);
    names = [...(await answer.text()).matchAll(/<symbol id="([^"]+)"/g)].map((found) => found[1]);
  }
  find(); // what was typed meanwhile counts
  if (goesDown) one("#icon-grid [data-icon]")?.focus();
  goesDown = false;
}

function find() {
  if (!names) return;
  const words = one("#icon-search").value.toLowerCase().split(/[\s-]+/).filter(Boolean);
  const found = names.filter((name) => words.every((each) => name.includes(each)));
  one("#icon-grid").replaceChildren(...found.slice(0, MOST).map(draw));
  one("#icon-count").textContent = word("{count} icons").replace("{count}", found.length);
}

function draw(name) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "icon-choice";
  button.dataset.icon = name;
  button.title = name;
  button.setAttribute("aria-label", name);
  button.setAttribute("aria-pressed", String(target.value === name));
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${one("#icon-dialog").dataset.sprite}#${name}`);
  svg.append(use);
  button.append(svg);
  return button;
}

function take(name) {
  one("#icon-dialog").close();
  const now = document.getElementById(target.id) || target;
  now.value = name;
  now.dispatchEvent(new Event("change", { bubbles: true }));
  now.focus();
}

document.addEventListener("click", (event) => {
  const choice = event.target.closest("#icon-grid [data-icon]");
  if (choice) take(choice.dataset.icon);
});
one("#icon-search").addEventListener("input", find);
one("#icon-dialog").addEventListener("keydown", (event) => {
  const choices = all("#icon-grid [data-icon]");
  if (event.key === "Enter" && event.target.id === "icon-search" && choices.length) {
    event.preventDefault();
    take(choices[0].dataset.icon);
    return;
  }
  const at = choices.indexOf(document.activeElement);
  const across = Math.max(1, choices.findIndex((each) => each.offsetTop !== choices[0].offsetTop));
  const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: at < 0 ? 1 : across, ArrowUp: -across }[event.key];
  if (!by || (at < 0 && event.key !== "ArrowDown")) return;
  event.preventDefault();
  goesDown = !names;
  choices[Math.min(choices.length - 1, Math.max(0, at + by))]?.focus();
});
