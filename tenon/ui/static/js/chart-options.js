// What the server says of a chart, as options of ECharts: one function a family of charts.
const ORDER = ["accent", "good-fill", "bad-fill", "sky-fill", "warn-fill", "mauve-fill", "grey-fill"];
const TONES = { green: "good-fill", teal: "good-fill", amber: "warn-fill", red: "bad-fill", vermilion: "bad-fill", blue: "accent", sky: "sky-fill", mauve: "mauve-fill", grey: "grey-fill" };
const compact = new Intl.NumberFormat(document.documentElement.lang || "en", { notation: "compact", maximumFractionDigits: 1 });
const share = new Intl.NumberFormat(document.documentElement.lang || "en", { style: "percent", maximumFractionDigits: 1 });
const MAKERS = { line: cartesian, area: cartesian, bar: cartesian, stacked_bar: cartesian, pie, funnel, gauge, scatter, sankey };

/** Return the options of a chart: ``spec`` from the server, ``place`` its size and the colours of the theme. */
export function optionsOf(spec, place) {
  const c = place.colours;
  const used = [];
  const meant = new Set((spec.series || spec.slices || spec.nodes || []).map((one) => TONES[one.tone]));
  /** The colour of a tone, lighter where a chart has it already; without one the next that nobody means or has. */
  const paint = (tone, index) => {
    const free = ORDER.find((name) => !used.includes(name) && !meant.has(name)) || ORDER[index % ORDER.length];
    const name = TONES[tone] || free;
    const again = used.filter((each) => each === name).length;
    used.push(name);
    return again ? mixed(c[name], c.surface, Math.max(0.35, 1 - again * 0.35)) : c[name];
  };
  return {
    animation: place.animates, animationDuration: 350, textStyle: { fontFamily: c.font, fontSize: 12, color: c["text-2"] },
    tooltip: { renderMode: "richText", confine: true, backgroundColor: c.surface, borderColor: c["line-2"], borderWidth: 1, padding: [6, 10], textStyle: { color: c.text, fontSize: 12, fontFamily: c.font } },
    ...MAKERS[spec.type](spec, place, paint),
  };
}

// Patterns over the fillings, faint enough for the words around them: colours are never alone.
const SHADE = "rgba(255,255,255,0.34)";
const decal = (more) => ({ color: SHADE, symbolSize: 1, symbolKeepAspect: true, ...more });
const DECALS = [
  { color: "none" }, decal({ symbol: "rect", dashArrayX: [1, 0], dashArrayY: [1.5, 5], rotation: Math.PI / 4 }), decal({ symbol: "circle", dashArrayX: [[7, 7], [0, 7, 7, 0]], dashArrayY: [7, 0], symbolSize: 0.4 }),
  decal({ symbol: "rect", dashArrayX: [1, 0], dashArrayY: [1.5, 5], rotation: -Math.PI / 4 }), decal({ symbol: "rect", dashArrayX: [1, 0], dashArrayY: [1.5, 5] }), decal({ symbol: "rect", dashArrayX: [1.5, 5], dashArrayY: [1, 0] }),
];
const parts = (colour) => colour.match(/[\d.]+/g).map(Number);
/** Return a colour with some of another one in it. */
const mixed = (colour, other, share) => `rgb(${parts(colour).slice(0, 3).map((part, at) => Math.round(part * share + parts(other)[at] * (1 - share))).join(", ")})`;
const faint = (colour, share) => colour.replace("rgb(", "rgba(").replace(")", `, ${share})`);
const widthOf = (text) => [...text].reduce((sum, letter) => sum + (letter > "\u2e80" ? 12 : 6.5), 0);
/** Return in how many lines names stand that are put one after the other with a dot before each. */
function linesOf(names, width) {
  let lines = 1, at = 0;
  for (const name of names) {
    const own = widthOf(name) + 26;
    if (at && at + own > width) { lines += 1; at = 0; }
    at += own;
  }
  return lines;
}
/** Return an amount in few letters, with the sign of its currency. */
const signed = (value, sign = "") => `${value < 0 ? "\u2212" : ""}${value ? sign : ""}${compact.format(Math.abs(value))}`;
const aria = (isNeeded) => ({ enabled: true, label: { enabled: false }, decal: { show: isNeeded, decals: DECALS } });

function cartesian(spec, place, paint) {
  const c = place.colours;
  const isBar = spec.type === "bar" || spec.type === "stacked_bar";
  const isStacked = spec.type === "stacked_bar" || (spec.type === "area" && spec.series.length > 1);
  const isMany = spec.series.length > 1;
  const hasTwo = spec.series.some((one) => one.axis);
  const isFlat = isBar && !spec.isTime && !hasTwo && (place.width < 520 || spec.labels.some((text) => text.length > 12)) && spec.labels.length > 2;
  const direct = !isBar && isMany && spec.series.length <= 6 && place.width > 380;
  const isFew = !isFlat && !spec.isTime && spec.labels.length <= 8; // each is named, as much of it as there is room
  const tick = (value, at = 0) => { const own = spec.ticks?.[at]; return own?.percent ? share.format(value) : signed(value, own?.sign); };
  const names = { type: "category", data: spec.labels, boundaryGap: isBar, axisTick: { show: false }, axisLine: { lineStyle: { color: c.line } }, axisLabel: { color: c["text-2"], fontSize: 11, hideOverlap: true, interval: isFew ? 0 : undefined, width: isFlat ? Math.min(120, place.width * 0.3) : isFew ? (place.width - 70) / spec.labels.length - 6 : undefined, overflow: "truncate" }, inverse: isFlat };
  const values = { type: "value", splitNumber: (isFlat ? place.width < 420 : place.height < 180) ? 3 : 4, scale: !isBar && spec.type !== "area", axisLabel: { color: c["text-2"], fontSize: 11, hideOverlap: true, formatter: (value) => tick(value) }, splitLine: { lineStyle: { color: c.line } } };
  const series = spec.series.map((one, index) => {
    const isOwn = isBar && !isMany && spec.tones.some(Boolean);
    const data = one.marks.map((mark, at) => (mark === null || mark === undefined ? (isBar ? 0 : null) : {
      value: mark.v, t: mark.t, s: mark.s, u: mark.u, title: isMany && !one.isQuiet ? `${spec.labels[at]} · ${one.name}` : spec.labels[at],
      cross: [[spec.labels[at], spec.cross[at]], [one.name, one.cross]].filter(([, url]) => url),
      ...(isOwn ? { itemStyle: { color: c[TONES[spec.tones[at]] || "accent"] } } : {}),
    }));
    const colour = one.isQuiet ? c["grey-fill"] : paint(one.tone, index);
    const common = { name: one.name, data, yAxisIndex: !isFlat && hasTwo ? one.axis || 0 : 0, itemStyle: { color: colour }, emphasis: { focus: isMany ? "series" : "none" } };
    if (isBar) {
      const isTop = index === spec.series.length - 1 || !isStacked;
      const radius = !isTop ? 0 : isFlat ? [0, 3, 3, 0] : [3, 3, 0, 0];
      return { ...common, type: "bar", stack: isStacked ? "all" : undefined, barMaxWidth: isStacked || !isMany ? 28 : 18, barMinHeight: 0, itemStyle: { color: colour, borderRadius: radius, borderColor: c.surface, borderWidth: isStacked ? 1 : 0 },
        label: !isMany && spec.labels.length <= 8 ? { show: true, position: isFlat ? "right" : "top", color: c["text-2"], fontSize: 11, formatter: (mark) => mark.data?.s ?? "" } : undefined };
    }
    return { ...common, type: "line", smooth: 0.25, smoothMonotone: "x", showSymbol: one.marks.length < 3 || one.marks.length <= 31, symbol: "circle", symbolSize: 6, connectNulls: false, stack: isStacked ? "all" : undefined,
      lineStyle: { width: 2, color: colour, type: one.isQuiet ? [4, 4] : "solid" }, areaStyle: spec.type === "area" ? { color: colour, opacity: isStacked ? 0.55 : 0.14 } : undefined,
      endLabel: direct ? { show: true, formatter: "{a}", color: c["text-2"], fontSize: 11, distance: 8 } : undefined, labelLayout: direct ? { moveOverlap: "shiftY" } : undefined };
  });
  if (spec.target !== null && spec.target !== undefined && series[0]) {
    series[0].markLine = { silent: true, symbol: "none", data: [isFlat ? { xAxis: spec.target } : { yAxis: spec.target }], lineStyle: { color: c["text-3"], type: [4, 4] }, label: { formatter: () => tick(spec.target), color: c["text-2"], fontSize: 11 } };
  }
  const longest = direct ? Math.max(...spec.series.map((one) => widthOf(one.name))) : 0;
  const legend = isMany && !direct ? { bottom: 0, left: "center", icon: "roundRect", itemWidth: 10, itemHeight: 10, itemGap: 14, type: "scroll", textStyle: { color: c["text-2"], fontSize: 11 } } : undefined;
  const text = (marks) => [marks[0]?.axisValueLabel ?? marks[0]?.name, ...marks.filter((mark) => mark.data).map((mark) => `${mark.marker ?? ""} ${isMany ? `${mark.seriesName}  ` : ""}${mark.data.t ?? 0}`)].join("\n");
  return {
    grid: { left: 6, right: Math.min(longest + 16, 130) || (isFlat && !isMany ? 52 : 12), top: 14, bottom: legend ? 28 : 2, containLabel: true }, legend,
    xAxis: isFlat ? values : names, yAxis: isFlat ? names : hasTwo ? [values, { ...values, axisLabel: { ...values.axisLabel, formatter: (value) => tick(value, 1) }, splitLine: { show: false } }] : values, series, aria: aria(isBar && isMany),
    tooltip: { renderMode: "richText", confine: true, trigger: "axis", axisPointer: isBar ? { type: "shadow", shadowStyle: { color: c.sunken, opacity: 0.5 } } : { type: "line", lineStyle: { color: c["line-2"] } }, backgroundColor: c.surface, borderColor: c["line-2"], borderWidth: 1, padding: [6, 10], textStyle: { color: c.text, fontSize: 12 }, formatter: text },
  };
}

function pie(spec, place, paint) {
  const c = place.colours;
  const isWide = place.width > place.height * 1.35;
  const data = spec.slices.map((slice, index) => ({
    name: slice.name, value: slice.v, t: slice.t, u: slice.u, title: slice.name, cross: slice.cross ? [[slice.name, slice.cross]] : [], itemStyle: { color: paint(slice.tone, index) },
  }));
  const texts = Object.fromEntries(spec.slices.map((slice) => [slice.name, slice.s]));
  const lines = isWide ? 0 : linesOf(spec.slices.map((slice) => `${slice.name}  ${slice.s}`), place.width - 16);
  const isScrolled = isWide ? spec.slices.length * 22 > place.height : lines > 3;
  const below = isScrolled ? 26 : lines * 22 + 6;
  const centre = isWide ? ["32%", "50%"] : ["50%", (place.height - below) / 2];
  const across = isWide ? Math.min(place.width * 0.6, place.height) : Math.min(place.width, place.height - below);
  const legend = isWide
    ? { orient: "vertical", left: "62%", top: "middle", type: isScrolled ? "scroll" : "plain" }
    : { bottom: 0, left: "center", width: place.width - 8, type: isScrolled ? "scroll" : "plain" };
  return {
    legend: { ...legend, icon: "circle", itemWidth: 9, itemHeight: 9, itemGap: 10, textStyle: { color: c.text, fontSize: 12, rich: { n: { color: c["text-2"], fontSize: 12 } } }, formatter: (name) => `${name}  {n|${texts[name]}}` },
    series: [{ type: "pie", radius: [across * 0.32, across * 0.46], center: centre, data, label: { show: true, position: "center", formatter: () => `{t|${spec.total}}\n{n|${spec.name}}`, rich: { t: { fontSize: 20, fontWeight: 600, color: c.text, lineHeight: 26 }, n: { fontSize: 11, color: c["text-2"] } } }, labelLine: { show: false }, itemStyle: { borderColor: c.surface, borderWidth: 2, borderRadius: 3 }, emphasis: { scaleSize: 4 } }],
    tooltip: { renderMode: "richText", confine: true, backgroundColor: c.surface, borderColor: c["line-2"], borderWidth: 1, textStyle: { color: c.text, fontSize: 12 }, formatter: (mark) => `${mark.name}\n${mark.data.t} · ${share.format(mark.percent / 100)}` },
    aria: aria(data.length > 1),
  };
}

function funnel(spec, place) {
  const c = place.colours;
  const most = Math.max(1, ...spec.steps.map((step) => step.v || 0));
  const data = spec.steps.map((step, index) => ({
    name: step.name, value: step.v, t: step.t, u: step.u, title: step.name, cross: [], share: step.share, itemStyle: { color: faint(c.accent, Math.max(0.3, 1 - index * 0.17)) },
  }));
  return {
    series: [{ type: "funnel", sort: "none", left: 4, right: Math.min(150, place.width * 0.4), top: 6, bottom: 6, minSize: "3%", max: most, gap: 3, data, funnelAlign: "center", itemStyle: { borderWidth: 0 },
      label: { position: "right", color: c["text-2"], fontSize: 12, formatter: (mark) => `{v|${mark.data.t}}  {s|${mark.data.share}}\n${mark.name}`, rich: { v: { color: c.text, fontWeight: 600, fontSize: 12 }, s: { color: c["text-3"], fontSize: 11 } } }, labelLine: { length: 10, lineStyle: { color: c.line } } }],
    tooltip: { renderMode: "richText", confine: true, backgroundColor: c.surface, borderColor: c["line-2"], borderWidth: 1, textStyle: { color: c.text, fontSize: 12 }, formatter: (mark) => `${mark.name}\n${mark.data.t} · ${mark.data.share}` },
    aria: aria(false),
  };
}

function gauge(spec, place, paint) {
  const c = place.colours;
  const isLow = place.height < 120;
  const width = isLow ? 8 : Math.max(10, Math.min(place.width, place.height) / 14);
  const radius = isLow ? Math.min(place.width * 0.46, place.height * 0.86) : Math.min(place.width * 0.46, place.height * 0.6);
  const arc = { startAngle: isLow ? 180 : 205, endAngle: isLow ? 0 : -25, min: spec.min, max: spec.max, radius, center: ["50%", isLow ? "90%" : "60%"], axisTick: { show: false }, splitLine: { show: false }, axisLabel: { show: false } };
  const marks = spec.target === null ? [] : [{ type: "gauge", ...arc, silent: true, pointer: { show: true, length: width + 6, width: 3, offsetCenter: [0, -(radius - width - 3)], icon: "rect", itemStyle: { color: c.text } }, axisLine: { show: false }, detail: { show: false }, data: [{ value: spec.target }], z: 5 }];
  return {
    series: [{ type: "gauge", ...arc, progress: { show: true, width, roundCap: true, itemStyle: { color: paint(spec.tone, 0) } }, pointer: { show: false }, axisLine: { roundCap: true, lineStyle: { width, color: [[1, c.sunken]] } },
      detail: { formatter: () => `{v|${spec.t}}${spec.said && !isLow ? `\n{s|${spec.said}}` : ""}`, offsetCenter: [0, isLow ? "-22%" : "-6%"], rich: { v: { fontSize: isLow ? 18 : 26, fontWeight: 600, color: c.text, lineHeight: isLow ? 22 : 32 }, s: { fontSize: 12, color: c["text-2"] } } },
      data: [{ value: spec.v, u: spec.u, t: spec.t, title: "", cross: [] }] }, ...marks],
    tooltip: { show: false }, aria: aria(false),
  };
}

function scatter(spec, place, paint) {
  const c = place.colours;
  const most = Math.max(1, ...spec.points.map((point) => point.size || 0));
  const axis = (name, sign) => ({ type: "value", name, nameLocation: "middle", nameGap: 26, nameTextStyle: { color: c["text-2"], fontSize: 11 }, axisLabel: { color: c["text-2"], fontSize: 11, formatter: (value) => signed(value, sign) }, splitLine: { lineStyle: { color: c.line } }, scale: true });
  const across = Math.max(...spec.points.map((point) => widthOf(signed(point.y, spec.ySign))), 20); // beside these numbers stands the name
  const data = spec.points.map((point) => ({ value: [point.x, point.y], u: point.u, t: "", title: point.name, texts: point.texts, cross: point.cross ? [[point.name, point.cross]] : [], symbolSize: point.size === null ? 10 : 8 + 26 * Math.sqrt(Math.max(0, point.size) / most) }));
  return {
    grid: { left: 30, right: 14, top: 14, bottom: 30, containLabel: true }, xAxis: axis(spec.xName, spec.xSign), yAxis: { ...axis(spec.yName, spec.ySign), nameGap: across + 18 },
    series: [{ type: "scatter", data, itemStyle: { color: paint("blue", 0), opacity: 0.72, borderColor: c.surface, borderWidth: 1 } }],
    tooltip: { renderMode: "richText", confine: true, backgroundColor: c.surface, borderColor: c["line-2"], borderWidth: 1, textStyle: { color: c.text, fontSize: 12 }, formatter: (mark) => [mark.data.title, ...mark.data.texts].join("\n") },
    aria: aria(false),
  };
}

function sankey(spec, place, paint) {
  const c = place.colours;
  const tone = Object.fromEntries(spec.nodes.map((node, index) => [node.name, paint(node.tone, index)]));
  const side = (prefix, key) => [...new Set(spec.flows.map((flow) => flow[key]))].sort((a, b) => spec.nodes.findIndex((n) => n.name === a) - spec.nodes.findIndex((n) => n.name === b)).map((name) => ({ name: `${prefix}${name}`, shown: name, itemStyle: { color: tone[name] }, depth: prefix === "a:" ? 0 : 1, label: { position: "right" } }));
  const nodes = [...side("a:", "from"), ...side("b:", "to")];
  const links = spec.flows.map((flow) => ({ source: `a:${flow.from}`, target: `b:${flow.to}`, value: flow.v, t: flow.t, u: flow.u, title: `${flow.from} → ${flow.to}`, cross: [], lineStyle: { color: tone[flow.from], opacity: 0.3 } }));
  return {
    series: [{ type: "sankey", left: 4, right: Math.min(90, place.width * 0.2), top: 8, bottom: 8, nodeWidth: 14, nodeGap: 10, layoutIterations: 0, draggable: false, data: nodes, links, label: { color: c["text-2"], fontSize: 11, formatter: (mark) => mark.data.shown }, emphasis: { focus: "adjacency" } }],
    tooltip: { renderMode: "richText", confine: true, backgroundColor: c.surface, borderColor: c["line-2"], borderWidth: 1, textStyle: { color: c.text, fontSize: 12 }, formatter: (mark) => (mark.dataType === "edge" ? `${mark.data.title}\n${mark.data.t}` : mark.data.shown) },
    aria: aria(false),
  };
}
