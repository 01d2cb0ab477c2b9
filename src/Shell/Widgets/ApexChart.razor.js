// One ApexCharts instance per element: created once, then given new numbers, every two to five seconds, less often where drawing is slow.
import { savePicture } from "../../../chart-picture.js";
import { axis, exact, tip, tooltip } from "../../../chart-words.js";

const redrawEvery = 2000;
const redrawAtLeastEvery = 5000;
const drawingShare = 0.05;
const readAtMost = 10000;
const tickRoom = 56;
const pressedAgain = 100;
const releases = ["pointerup", "pointercancel"];
const dragAtLeast = 6;
const shades = 8;
const overTime = ["Bar", "Area", "Line"];
const drawn = new Set();
let library;

const text = new TextDecoder();
const parse = bytes => JSON.parse(text.decode(bytes));

// Models come as they were written once for all who look at them.
export async function create(element, url, owner, model) {
  library ??= import(new URL(url, document.baseURI)).then(loaded => loaded.default);
  const chart = new Chart(element, await library, owner, parse(model));
  await chart.render();
  return chart;
}

class Chart {
  constructor(element, Apex, owner, model) {
    this.element = element;
    this.Apex = Apex;
    this.owner = owner;
    this.model = model;
    this.zooms = "zooms" in element.dataset;
    this.lastDrawn = 0;
    this.pause = redrawEvery;
    this.timer = 0;
    this.colours = new Map();
    this.axis = Object.assign(document.createElement("div"), { className: "chart-ticks" });
    this.axis.setAttribute("aria-hidden", "true");
    // Lies over the drawing: the crosshair, what is dragged over, and the time before.
    this.over = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    this.over.setAttribute("class", "chart-over");
    this.over.setAttribute("aria-hidden", "true");
    this.apex = new Apex(element, this.options());
    this.onTheme = () => {
      this.colours.clear();
      this.draw();
    };
    this.system = matchMedia("(prefers-color-scheme: dark)");
    // A press and its release must meet the same bar, or the browser makes no click of them.
    this.onPress = event => this.press(event);
    this.onMove = event => this.move(event);
    this.onLeave = () => point(this, -1);
    this.onRelease = event => this.release(event);
    this.onFull = () => this.draw();
    element.addEventListener("pointerdown", this.onPress);
    element.addEventListener("pointermove", this.onMove);
    element.addEventListener("pointerleave", this.onLeave);
    for (const name of releases) window.addEventListener(name, this.onRelease);
    document.addEventListener("fullscreenchange", this.onFull);
    drawn.add(this);
    this.system.addEventListener("change", this.onTheme);
    window.addEventListener("themechange", this.onTheme);
  }

  async render() {
    this.lastDrawn = performance.now();
    await this.apex.render();
  }

  // What was drawn is drawn; what lies over it follows.
  laid() {
    if (!this.timed()) {
      this.axis.remove();
      this.over.remove();
      return;
    }
    this.ticks();
    this.element.append(this.over);
    this.over.replaceChildren();
    this.before();
  }

  timed() {
    return overTime.includes(this.model.kind);
  }

  plot() {
    const { gridWidth, gridHeight, translateX, translateY, minY, maxY } = this.apex.w.globals;
    return { left: translateX, top: translateY, width: gridWidth, height: gridHeight, minY, maxY, step: gridWidth / Math.max(1, this.model.buckets.length - 1) };
  }

  bucketAt(event) {
    const { left, step } = this.plot();
    const box = this.element.getBoundingClientRect();
    const index = Math.round((event.clientX - box.left - parseFloat(getComputedStyle(this.element).paddingLeft) - left) / step);
    return Math.min(this.model.buckets.length - 1, Math.max(0, index));
  }

  shape(name, attributes) {
    const shape = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
    this.over.append(shape);
    return shape;
  }

  // The whole of another time; where it is not known the line has a gap.
  before() {
    const values = this.model.before?.values;
    const { left, top, width, height, minY, maxY, step } = this.plot();
    if (!values || !(maxY > minY)) return;
    let pen = "M";
    const path = values.map((value, index) => {
      if (value === null) return pen = "M", "";
      const at = `${pen}${left + step * index},${top + height - (value - minY) / (maxY - minY) * height}`;
      pen = "L";
      return at;
    }).join("");
    if (path) this.shape("path", { d: path, class: "chart-before" });
  }

  // The line under the pointer, in every chart of the page that has the same buckets.
  cross(index) {
    this.line?.remove();
    this.line = null;
    if (index < 0 || !this.timed()) return;
    const { left, top, height, step } = this.plot();
    this.line = this.shape("line", { x1: left + step * index, x2: left + step * index, y1: top, y2: top + height, class: "chart-cross" });
  }

  sameBuckets(other) {
    const [mine, theirs] = [this.model.buckets, other.model.buckets];
    return this.timed() && other.timed() && mine.length === theirs.length && mine[0]?.title === theirs[0]?.title && mine.at(-1)?.title === theirs.at(-1)?.title;
  }

  press(event) {
    this.pressed = true;
    this.from = this.zooms && this.timed() && event.button === 0 && event.pointerType !== "touch" ? event.clientX : null;
    this.stretch = null;
  }

  move(event) {
    if (!this.timed()) return;
    const at = this.bucketAt(event);
    point(this, at);
    if (!this.pressed || this.from === null || (!this.stretch && Math.abs(event.clientX - this.from) < dragAtLeast)) return;
    const first = this.bucketAt({ clientX: this.from });
    this.stretch = [Math.min(first, at), Math.max(first, at)];
    this.area?.remove();
    const { left, top, width, height, step } = this.plot();
    const x1 = Math.max(left, left + step * (this.stretch[0] - 0.5));
    const x2 = Math.min(left + width, left + step * (this.stretch[1] + 0.5));
    this.area = this.shape("rect", { x: x1, y: top, width: Math.max(1, x2 - x1), height, class: "chart-drag" });
  }

  release(event) {
    const stretch = this.pressed ? this.stretch : null;
    this.area?.remove();
    this.area = this.stretch = null;
    // The click that follows a drag is none.
    this.dragged = stretch !== null;
    setTimeout(() => this.pressed = this.dragged = false, 50);
    if (stretch && event.type === "pointerup") this.owner.invokeMethodAsync("ZoomAsync", ...stretch);
  }

  ticks() {
    const { gridWidth, translateX } = this.apex.w.globals;
    const { buckets } = this.model;
    const step = gridWidth / Math.max(1, buckets.length - 1);
    let free = 0;
    const labels = buckets.flatMap((bucket, index) => {
      const left = translateX + step * index;
      if (!bucket.tick || left < free) return [];
      free = left + tickRoom;
      const label = Object.assign(document.createElement("span"), { textContent: bucket.tick });
      label.style.left = `${left}px`;
      return [label];
    });
    this.axis.replaceChildren(...labels);
    this.element.append(this.axis);
  }

  update(model) {
    this.show(parse(model), false);
  }

  updateAtOnce(model) {
    this.show(parse(model), true);
  }

  show(model, atOnce) {
    atOnce ||= model.series.length !== this.model.series.length;
    const another = model.kind !== this.model.kind;
    this.model = model;
    // The library turns lines into lines of another kind, not into maps.
    if (another) return this.renew();
    const wait = this.pause - (performance.now() - this.lastDrawn);
    if (atOnce || (wait <= 0 && !this.read())) this.draw();
    else this.timer ||= setTimeout(() => this.drawUnlessRead(), Math.max(wait, 0) || redrawEvery);
  }

  renew() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.apex.destroy();
    this.apex = new this.Apex(this.element, this.options());
    return this.render();
  }

  // A redraw takes the tooltip away from under the pointer: who reads one waits a little for news.
  drawUnlessRead() {
    if (!this.read()) return this.draw();
    this.timer = setTimeout(() => this.drawUnlessRead(), redrawEvery);
  }

  read() {
    return this.element.matches(":hover") && performance.now() - this.lastDrawn < readAtMost;
  }

  draw() {
    clearTimeout(this.timer);
    this.timer = 0;
    if (!this.element.isConnected) return;
    if (this.pressed) {
      this.timer = setTimeout(() => this.draw(), pressedAgain);
      return;
    }
    const start = performance.now();
    this.apex.updateOptions(this.options(), false, false, false);
    this.lastDrawn = performance.now();
    this.pause = Math.min(redrawAtLeastEvery, Math.max(redrawEvery, (this.lastDrawn - start) / drawingShare));
  }

  dispose() {
    clearTimeout(this.timer);
    drawn.delete(this);
    this.element.removeEventListener("pointerdown", this.onPress);
    this.element.removeEventListener("pointermove", this.onMove);
    this.element.removeEventListener("pointerleave", this.onLeave);
    document.removeEventListener("fullscreenchange", this.onFull);
    for (const name of releases) window.removeEventListener(name, this.onRelease);
    this.system.removeEventListener("change", this.onTheme);
    window.removeEventListener("themechange", this.onTheme);
    this.apex.destroy();
    this.axis.remove();
    this.over.remove();
  }

  save(title) {
    return savePicture(this, title);
  }

  // Asking the browser costs a style pass of the whole page; the answer changes with the theme only.
  colour(name) {
    if (!this.colours.has(name)) this.colours.set(name, this.computed(name));
    return this.colours.get(name);
  }

  computed(name) {
    const probe = document.createElement("span");
    probe.style.color = `var(--${name})`;
    this.element.append(probe);
    const colour = getComputedStyle(probe).color;
    probe.remove();
    return colour;
  }

  options() {
    const { kind } = this.model;
    return kind === "HeatMap" ? this.heatOptions() : kind === "Treemap" ? this.treeOptions() : this.timeOptions();
  }

  height() {
    return (this.element.clientHeight || 272) - (this.timed() ? 28 : 4);
  }

  common(type) {
    return {
      chart: {
        type,
        height: this.height(),
        nonce: document.querySelector("link[nonce]")?.nonce,
        background: "transparent",
        fontFamily: "inherit",
        foreColor: this.colour("text-muted"),
        animations: { enabled: false, animateGradually: { enabled: false }, dynamicAnimation: { enabled: false } },
        toolbar: { show: false },
        zoom: { enabled: false },
        selection: { enabled: false },
        events: {
          mounted: () => this.laid(),
          updated: () => this.laid(),
          dataPointSelection: (event, chart, point) => this.chosen(point.seriesIndex, point.dataPointIndex),
          click: (event, chart, point) => { if (this.model.kind === "Area" || this.model.kind === "Line") this.chosen(this.seriesAt(event, point.dataPointIndex), point.dataPointIndex); }
        }
      },
      states: { hover: { filter: { type: "none" } }, active: { filter: { type: "none" } } },
      fill: { type: "solid", opacity: 1 },
      dataLabels: { enabled: false },
      legend: { show: false },
      noData: { text: "Nothing in this range" }
    };
  }

  timeOptions() {
    const { buckets, series, unit, partialFrom, kind, stacked, before } = this.model;
    const [area, line] = [kind === "Area", kind === "Line"];
    const colours = series.map(one => this.colour(`series-${one.colour}`));
    const options = this.common(kind.toLowerCase());
    const values = series.flatMap(one => one.values).concat(before?.values ?? []);
    const highest = Math.max(0, ...buckets.map((_, at) => series.reduce((top, one) => stacked && !line ? top + Math.max(0, one.values[at] ?? 0) : Math.max(top, one.values[at] ?? 0), 0)));
    const earlier = Math.max(0, ...(before?.values ?? []));
    const below = values.some(value => value < 0);
    return {
      ...options,
      series: series.map((one, index) => ({
        name: one.label,
        data: one.values.map((y, x) => ({ x, y, fillColor: partialFrom !== null && x >= partialFrom && kind === "Bar" ? lighter(colours[index]) : undefined }))
      })),
      colors: colours,
      chart: { ...options.chart, stacked: stacked && !line },
      plotOptions: { bar: { columnWidth: buckets.length > 60 ? "92%" : "72%", borderRadius: 0 } },
      stroke: line ? { width: 2, curve: "straight" } : { width: 0, curve: "straight" },
      // A value between two gaps has no line to be seen by.
      markers: { size: line && buckets.length <= 62 ? 3 : 0, strokeWidth: 0, hover: { size: line ? 4 : 0 } },
      grid: { borderColor: this.colour("chart-grid"), strokeDashArray: 0, padding: { left: 8, right: 8, top: -12, bottom: 0 } },
      xaxis: {
        // Categories would be measured one by one, at a layout each: seconds for a week of hours. Buckets are numbers and ticks() labels them.
        type: "numeric",
        min: 0,
        max: Math.max(1, buckets.length - 1),
        tickAmount: 2,
        labels: { show: false },
        axisTicks: { show: false },
        axisBorder: { color: this.colour("line-strong") },
        tooltip: { enabled: false },
        crosshairs: { show: false }
      },
      yaxis: { ...(below ? {} : { min: 0, ...(earlier > highest ? scale(earlier) : { forceNiceScale: true }) }), labels: { formatter: value => axis(value, unit), style: { fontSize: "12px" } } },
      tooltip: { shared: true, intersect: false, custom: at => tooltip(this.model, at.dataPointIndex) },
      annotations: { xaxis: (area || line) && partialFrom !== null ? [{ x: Math.max(0, partialFrom - 1), x2: buckets.length - 1, fillColor: this.colour("surface"), opacity: 0.55, borderColor: "transparent" }] : [] }
    };
  }

  // The library colours by ranges; it gets a shade's number and the tooltip the value. It draws the first row at the bottom.
  heatOptions() {
    const { buckets, series, unit } = this.model;
    const known = series.flatMap(one => one.values).filter(value => value !== null);
    const [least, most] = [Math.min(0, ...known), Math.max(...known, 0)];
    const shade = value => value === null ? -1 : value === 0 || most === least ? 0 : Math.max(1, Math.round((value - least) / (most - least) * shades));
    const [from, to] = [rgb(this.colour("surface-sunk")), rgb(this.colour("series-8"))];
    const narrow = this.element.clientWidth < 560;
    const options = this.common("heatmap");
    return {
      ...options,
      series: series.toReversed().map(one => ({ name: one.label, data: one.values.map((value, at) => ({ x: buckets[at].tick, y: shade(value) })) })),
      colors: [this.colour("series-8")],
      stroke: { width: 1, colors: [this.colour("surface")] },
      grid: { show: false, padding: { left: narrow ? 12 : 8, right: 8, top: -12, bottom: 0 } },
      plotOptions: { heatmap: { radius: 2, enableShades: false, useFillColorAsStroke: false, colorScale: { ranges: [
        { from: -1, to: -1, color: this.colour("surface") },
        ...Array.from({ length: shades + 1 }, (_, at) => ({ from: at, to: at, color: mix(from, to, at / shades) }))
      ] } } },
      xaxis: { type: "category", labels: { rotate: 0, hideOverlappingLabels: true, style: { fontSize: "11px" } }, axisTicks: { show: false }, axisBorder: { show: false }, tooltip: { enabled: false }, crosshairs: { show: false } },
      yaxis: { labels: { style: { fontSize: "12px" }, formatter: name => narrow ? `${name}`.slice(0, 2) : name } },
      tooltip: { custom: at => {
        const one = series.at(-1 - at.seriesIndex);
        return tip([[`${one.label}, ${buckets[at.dataPointIndex].title}`, one.values[at.dataPointIndex] === null ? "no request" : exact(one.values[at.dataPointIndex], unit)]]);
      } }
    };
  }

  treeOptions() {
    const { series, unit } = this.model;
    const tiles = series.filter(one => one.values[0] > 0);
    const total = tiles.reduce((sum, one) => sum + one.values[0], 0);
    const options = this.common("treemap");
    return {
      ...options,
      series: [{ data: tiles.map(one => ({ x: one.label, y: one.values[0] })) }],
      colors: tiles.map(one => this.colour(one.colour === "other" ? "tile-other" : `series-${one.colour}`)),
      stroke: { width: 2, colors: [this.colour("surface")] },
      grid: { padding: { left: 8, right: 8, top: -16, bottom: 0 } },
      plotOptions: { treemap: { distributed: true, enableShades: false, dataLabels: { format: "truncate" } } },
      dataLabels: { enabled: true, style: { fontSize: "13px", fontWeight: 600, colors: [this.colour("on-series")] }, formatter: (name, at) => [name, axis(at.value, unit)], offsetY: -4 },
      tooltip: { custom: at => {
        const one = tiles[at.dataPointIndex];
        return tip([[one.label, exact(one.values[0], unit)], ["of what is shown", `${(one.values[0] / total * 100).toFixed(1)} %`]]);
      } }
    };
  }

  // Areas do not tell which of them was hit: the height of the pointer does.
  seriesAt(event, bucket) {
    const plot = this.element.querySelector(".apexcharts-grid")?.getBoundingClientRect();
    const top = this.apex.w.globals.maxY;
    if (!plot || !top) return -1;
    let height = (plot.bottom - event.clientY) / plot.height * top;
    if (this.model.kind === "Line") return nearest(this.model.series.map(one => one.values[bucket]), height, top * 0.05);
    return this.model.series.findIndex(one => (height -= one.values[bucket] ?? 0) < 0);
  }

  chosen(series, bucket) {
    if (bucket < 0 || this.dragged || this.model.kind === "HeatMap") return;
    const tree = this.model.kind === "Treemap";
    const one = tree ? this.model.series.filter(part => part.values[0] > 0)[bucket] : this.model.series[series];
    this.owner.invokeMethodAsync("PointAsync", one?.key ?? null, tree ? 0 : bucket);
  }
}

function point(from, index) {
  for (const chart of drawn) if (chart === from || from.sameBuckets(chart)) chart.cross(index);
}

// The line within reach of the pointer that is nearest to it.
function nearest(values, height, reach) {
  let best = -1;
  values.forEach((value, index) => {
    const away = value === null ? Infinity : Math.abs(value - height);
    if (away <= reach && (best < 0 || away < Math.abs(values[best] - height))) best = index;
  });
  return best;
}

// The library makes a nice scale of what it draws itself; the time before is drawn by us and may be higher.
function scale(top) {
  const size = 10 ** Math.floor(Math.log10(top / 4));
  const step = [1, 2, 2.5, 5, 10].map(nice => nice * size).find(nice => top / nice <= 5);
  const tickAmount = Math.ceil(top / step);
  return { max: tickAmount * step, tickAmount };
}

function rgb(colour) {
  return colour.match(/[\d.]+/g).slice(0, 3).map(Number);
}

function mix(from, to, share) {
  return `rgb(${from.map((part, at) => Math.round(part + (to[at] - part) * share)).join(", ")})`;
}

function lighter(colour) {
  return colour.replace(/^rgb\((.*)\)$/, "rgba($1, 0.45)");
}
