// <tn-chart>: draws what the server said in the colours of the theme; a mark leads to its records or filters the page.
import { all, one, word } from "./dom.js";
import { optionsOf } from "./chart-options.js";

let library;
const load = () => (library ??= import(one("[data-echarts]").dataset.echarts));
const quiet = matchMedia("(prefers-reduced-motion: reduce)");
const dark = matchMedia("(prefers-color-scheme: dark)");

/** Return the colours of the theme, as the browser computes them. */
function colours() {
  const probe = document.createElement("i");
  document.body.append(probe);
  const read = (name) => { probe.style.color = `var(--${name})`; return getComputedStyle(probe).color; };
  const names = ["accent", "good-fill", "bad-fill", "sky-fill", "warn-fill", "mauve-fill", "grey-fill", "text", "text-2", "text-3", "line", "surface", "sunken", "line-2", "accent-soft"];
  const found = Object.fromEntries(names.map((name) => [name, read(name)]));
  found.font = getComputedStyle(document.body).fontFamily;
  probe.remove();
  return found;
}

class Chart extends HTMLElement {
  async connectedCallback() {
    this.spec = JSON.parse(this.dataset.chart);
    const echarts = await load();
    if (!this.isConnected || this.chart) return;
    this.box = document.createElement("div");
    this.append(this.box);
    this.echarts = echarts;
    this.draw();
    this.sizes = new ResizeObserver(() => { if (!this.hidden && this.clientWidth) this.resize(); });
    this.sizes.observe(this);
    this.onTheme = () => this.draw();
    document.addEventListener("tenon:theme", this.onTheme);
    dark.addEventListener("change", this.onTheme);
    this.dataset.drawn = "";
  }

  disconnectedCallback() {
    this.sizes?.disconnect();
    document.removeEventListener("tenon:theme", this.onTheme);
    dark.removeEventListener("change", this.onTheme);
    this.chart?.dispose();
    this.chart = undefined;
    this.box?.remove();
  }

  resize() {
    if (this.width === this.clientWidth && this.height === this.clientHeight) return;
    this.draw(true);
  }

  draw(isResize = false) {
    this.width = this.clientWidth;
    this.height = this.clientHeight;
    this.chart?.dispose();
    this.chart = this.echarts.init(this.box, null, { renderer: "svg", width: this.width, height: this.height });
    const place = { width: this.width, height: this.height, colours: colours(), animates: !quiet.matches && !matchMedia("print").matches && !isResize && this.dataset.drawn === undefined };
    this.chart.setOption(optionsOf(this.spec, place));
    this.chart.on("click", (mark) => { if (mark.data?.u || mark.data?.cross?.length) openMenu(mark.data, mark.event?.event || { clientX: 0, clientY: 0 }); });
  }
}
customElements.define("tn-chart", Chart);

let menu;
function closeMenu() { menu?.remove(); menu = undefined; }

/** Offer what can be done with a mark: see its records, filter the page by it. */
function openMenu(mark, at) {
  closeMenu();
  menu = document.createElement("div");
  menu.className = "popbox menu chart-menu";
  menu.setAttribute("role", "group");
  menu.setAttribute("aria-label", mark.title);
  const head = document.createElement("p");
  const strong = document.createElement("b");
  strong.textContent = mark.t ?? "";
  head.append(`${mark.title} `, strong);
  menu.append(head);
  const link = (url, text) => {
    const found = document.createElement("a");
    found.className = "menu-item";
    found.href = url;
    found.textContent = text;
    menu.append(found);
  };
  if (mark.u) link(mark.u, word("Show these records"));
  for (const [name, url] of mark.cross || []) link(url, `${word("Filter by")} ${name}`);
  document.body.append(menu);
  const { offsetWidth: width, offsetHeight: height } = menu;
  menu.style.left = `${Math.max(8, Math.min(at.clientX, innerWidth - width - 8))}px`;
  menu.style.top = `${Math.max(8, Math.min(at.clientY + 8, innerHeight - height - 8))}px`;
  one("a", menu)?.focus();
}

document.addEventListener("pointerdown", (event) => { if (menu && !menu.contains(event.target)) closeMenu(); });
document.addEventListener("keydown", (event) => {
  if (!menu) return;
  if (event.key === "Escape") closeMenu();
  if (!["ArrowDown", "ArrowUp"].includes(event.key)) return;
  event.preventDefault();
  const items = all("a", menu);
  const step = event.key === "ArrowDown" ? 1 : items.length - 1;
  items[(items.indexOf(document.activeElement) + step) % items.length]?.focus();
});
