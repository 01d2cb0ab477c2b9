// One ApexCharts instance per element: created once, then given new numbers, every two to five seconds, less often where drawing is slow.
const redrawEvery = 2000;
const redrawAtLeastEvery = 5000;
const drawingShare = 0.05;
const readAtMost = 10000;
const tickRoom = 56;
const pressedAgain = 100;
const releases = ["pointerup", "pointercancel"];
let library;

export async function create(element, url, owner, model) {
  library ??= import(new URL(url, document.baseURI)).then(loaded => loaded.default);
  const chart = new Chart(element, await library, owner, model);
  await chart.render();
  return chart;
}

class Chart {
  constructor(element, Apex, owner, model) {
    this.element = element;
    this.owner = owner;
    this.model = model;
    this.lastDrawn = 0;
    this.pause = redrawEvery;
    this.timer = 0;
    this.colours = new Map();
    this.axis = Object.assign(document.createElement("div"), { className: "chart-ticks" });
    this.axis.setAttribute("aria-hidden", "true");
    this.apex = new Apex(element, this.options());
    this.onTheme = () => {
      this.colours.clear();
      this.draw();
    };
    this.system = matchMedia("(prefers-color-scheme: dark)");
    // A press and its release must meet the same bar, or the browser makes no click of them.
    this.onPress = () => this.pressed = true;
    this.onRelease = () => setTimeout(() => this.pressed = false);
    element.addEventListener("pointerdown", this.onPress);
    for (const name of releases) window.addEventListener(name, this.onRelease);
    this.system.addEventListener("change", this.onTheme);
    window.addEventListener("themechange", this.onTheme);
  }

  async render() {
    this.lastDrawn = performance.now();
    await this.apex.render();
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

  update(model, atOnce) {
    atOnce ||= model.series.length !== this.model.series.length;
    this.model = model;
    const wait = this.pause - (performance.now() - this.lastDrawn);
    if (atOnce || (wait <= 0 && !this.read())) this.draw();
    else this.timer ||= setTimeout(() => this.drawUnlessRead(), Math.max(wait, 0) || redrawEvery);
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
    this.element.removeEventListener("pointerdown", this.onPress);
    for (const name of releases) window.removeEventListener(name, this.onRelease);
    this.system.removeEventListener("change", this.onTheme);
    window.removeEventListener("themechange", this.onTheme);
    this.apex.destroy();
    this.axis.remove();
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
    const { buckets, series, unit, partialFrom, area } = this.model;
    const muted = this.colour("text-muted");
    const colours = series.map(one => this.colour(`series-${one.colour}`));
    return {
      series: series.map((one, index) => ({
        name: one.label,
        data: one.values.map((y, x) => ({ x, y, fillColor: partialFrom !== null && x >= partialFrom && !area ? lighter(colours[index]) : undefined }))
      })),
      colors: colours,
      chart: {
        type: area ? "area" : "bar",
        stacked: true,
        height: 244,
        nonce: document.querySelector("link[nonce]")?.nonce,
        background: "transparent",
        fontFamily: "inherit",
        foreColor: muted,
        animations: { enabled: false, animateGradually: { enabled: false }, dynamicAnimation: { enabled: false } },
        toolbar: { show: false },
        zoom: { enabled: false },
        selection: { enabled: false },
        events: {
          mounted: () => this.ticks(),
          updated: () => this.ticks(),
          dataPointSelection: (event, chart, point) => this.chosen(point.seriesIndex, point.dataPointIndex),
          click: (event, chart, point) => { if (area) this.chosen(this.seriesAt(event, point.dataPointIndex), point.dataPointIndex); }
        }
      },
      plotOptions: { bar: { columnWidth: buckets.length > 60 ? "92%" : "72%", borderRadius: 0 } },
      states: { hover: { filter: { type: "none" } }, active: { filter: { type: "none" } } },
      stroke: area ? { width: 0, curve: "straight" } : { width: 0 },
      fill: { type: "solid", opacity: 1 },
      dataLabels: { enabled: false },
      legend: { show: false },
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
        crosshairs: { show: true, width: 1, stroke: { color: muted, width: 1, dashArray: 0 } }
      },
      yaxis: { min: 0, forceNiceScale: true, labels: { formatter: value => axis(value, unit), style: { fontSize: "12px" } } },
      tooltip: { shared: true, intersect: false, custom: at => tooltip(this.model, at.dataPointIndex) },
      annotations: { xaxis: area && partialFrom !== null ? [{ x: Math.max(0, partialFrom - 1), x2: buckets.length - 1, fillColor: this.colour("surface"), opacity: 0.55, borderColor: "transparent" }] : [] },
      noData: { text: "Nothing in this range" }
    };
  }

  // Areas do not tell which of them was hit: the height of the pointer does.
  seriesAt(event, bucket) {
    const plot = this.element.querySelector(".apexcharts-grid")?.getBoundingClientRect();
    const top = this.apex.w.globals.maxY;
    if (!plot || !top) return -1;
    let height = (plot.bottom - event.clientY) / plot.height * top;
    return this.model.series.findIndex(one => (height -= one.values[bucket] ?? 0) < 0);
  }

  chosen(series, bucket) {
    if (bucket >= 0) this.owner.invokeMethodAsync("PointAsync", this.model.series[series]?.key ?? null, bucket);
  }
}

function lighter(colour) {
  return colour.replace(/^rgb\((.*)\)$/, "rgba($1, 0.45)");
}

const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const cents = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const fine = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 2 });

function axis(value, unit) {
  if (unit !== "Usd") return compact.format(value).replace("K", "k");
  if (value === 0) return "$0";
  return "$" + (value >= 1000 ? compact.format(value).replace("K", "k") : value >= 10 ? whole.format(value) : value >= 0.1 ? cents.format(value) : fine.format(value));
}

function exact(value, unit) {
  if (unit !== "Usd") return whole.format(value);
  return "$" + (value >= 0.01 || value === 0 ? cents.format(value) : fine.format(value));
}

function tooltip(model, bucket) {
  const at = model.buckets[bucket];
  if (!at) return "";
  const rows = model.series.map(one => ({ ...one, value: one.values[bucket] })).filter(one => one.value);
  const total = rows.reduce((sum, one) => sum + one.value, 0);
  const partial = model.partialFrom !== null && bucket >= model.partialFrom ? " · so far" : "";
  const box = document.createElement("div");
  box.className = "chart-tip";
  box.append(line("chart-tip-title", at.title + partial, exact(total, model.unit)));
  for (const one of rows.sort((a, b) => b.value - a.value)) {
    const row = line("", one.label, exact(one.value, model.unit));
    const swatch = document.createElement("span");
    swatch.className = "swatch";
    swatch.style.background = `var(--series-${one.colour})`;
    row.prepend(swatch);
    box.append(row);
  }
  return box.outerHTML;
}

// Names come from outside: only ever as text.
function line(name, label, value) {
  const row = document.createElement("div");
  row.className = `chart-tip-row ${name}`;
  row.append(Object.assign(document.createElement("span"), { textContent: label }), Object.assign(document.createElement("b"), { textContent: value }));
  return row;
}
