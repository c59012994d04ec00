// <tn-score-chart>: a score over time. The library is large and comes only when a chart is looked at; the table beside says the same.

const TONES = { green: "--good-fill", teal: "--good-fill", amber: "--warn-fill", red: "--bad-fill", vermilion: "--bad-fill", blue: "--accent", sky: "--sky-fill", mauve: "--mauve-fill" };
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Return a colour of the theme as the browser computes it: light-dark() is nothing an SVG attribute takes. */
function resolved(name) {
  const probe = document.createElement("i");
  probe.hidden = true;
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found || colour(name);
}

function options(data) {
  const text = resolved("--text-2"), line = resolved("--line"), accent = resolved("--accent-text");
  return {
    animation: false, aria: { enabled: false }, textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 12 }, grid: { left: 34, right: 16, top: 16, bottom: 24 },
    xAxis: { type: "time", min: data.start, max: data.end, axisLine: { lineStyle: { color: line } }, axisLabel: { color: text, hideOverlap: true }, splitLine: { show: false } },
    yAxis: { type: "value", min: data.low, max: data.high, axisLabel: { color: text }, splitLine: { lineStyle: { color: line } } },
    tooltip: { trigger: "axis", renderMode: "richText", confine: true },
    series: [
      {
        name: data.label, type: "line", step: "end", data: data.steps, symbol: "circle", symbolSize: 5, connectNulls: false,
        lineStyle: { color: accent, width: 2 }, itemStyle: { color: accent }, z: 5,
        markLine: {
          silent: true, symbol: "none", label: { formatter: ({ name }) => name, color: text, fontSize: 11, position: "insideEndTop" },
          lineStyle: { color: text, type: "dashed" }, data: data.breaks.map((each) => ({ name: each.label, xAxis: each.at })),
        },
      },
      ...areas(data), ...spans(data),
    ],
  };
}

/** Bands as areas: a stack of bars would need other axes, so each is a line with its area between two values. */
function areas(data) {
  return data.bands.map((band) => ({
    type: "line", name: band.label, silent: true, symbol: "none", stack: "bands", z: 1, tooltip: { show: false }, lineStyle: { opacity: 0 },
    areaStyle: { color: resolved(TONES[band.colour] || "--grey-fill"), opacity: 0.13 },
    data: [[data.start, band.to - band.from], [data.end, band.to - band.from]],
  }));
}

/** The time in which a person's word stood before the computed score: a thick line at the bottom. */
function spans(data) {
  return data.held.map((each) => ({
    type: "line", name: each.label, silent: true, symbol: "none", z: 6, tooltip: { show: false },
    lineStyle: { color: resolved("--warn-fill"), width: 6, cap: "butt" }, data: [[each.from, data.low], [each.to, data.low]],
  }));
}

class ScoreChart extends HTMLElement {
  connectedCallback() {
    this.look = new IntersectionObserver((entries) => { if (entries.some((entry) => entry.isIntersecting)) this.draw(); });
    this.look.observe(this);
    this.redraw = () => this.chart?.setOption(options(JSON.parse(this.dataset.chart)));
    document.addEventListener("tenon:theme", this.redraw);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", this.redraw);
  }

  disconnectedCallback() {
    this.look.disconnect();
    this.size?.disconnect();
    document.removeEventListener("tenon:theme", this.redraw);
    matchMedia("(prefers-color-scheme: dark)").removeEventListener("change", this.redraw);
    this.chart?.dispose();
  }

  async draw() {
    this.look.disconnect();
    if (this.chart) return;
    const echarts = await import("../vendor/echarts.js");
    if (!this.isConnected) return;
    this.chart = echarts.init(this, null, { renderer: "svg" });
    this.redraw();
    this.size = new ResizeObserver(() => this.chart.resize());
    this.size.observe(this);
  }
}

customElements.define("tn-score-chart", ScoreChart);
