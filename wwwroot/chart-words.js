// How charts write numbers, and what they say of a point.
const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const cents = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const fine = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 2 });

const percent = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });

function milliseconds(value) {
  return value < 1000 ? `${whole.format(value)} ms` : value < 60000 ? `${(value / 1000).toFixed(2)} s` : `${Math.floor(value / 60000)} min ${Math.floor(value % 60000 / 1000)} s`;
}

export function axis(value, unit) {
  if (unit === "Share") return `${percent.format(value * 100)}%`;
  if (unit === "Milliseconds") return value < 1000 ? `${whole.format(value)} ms` : value < 60000 ? `${percent.format(value / 1000)} s` : `${percent.format(value / 60000)} min`;
  if (unit === "TokensPerSecond") return compact.format(value);
  if (value < 0) return `−${axis(-value, unit)}`;
  if (unit !== "Usd") return compact.format(value).replace("K", "k");
  if (value === 0) return "$0";
  return "$" + (value >= 1000 ? compact.format(value).replace("K", "k") : value >= 10 ? whole.format(value) : value >= 0.1 ? cents.format(value) : fine.format(value));
}

export function exact(value, unit) {
  if (unit === "Share") return `${percent.format(value * 100)}%`;
  if (unit === "Milliseconds") return milliseconds(value);
  if (unit === "TokensPerSecond") return `${percent.format(value)} tok/s`;
  if (value < 0) return `−${exact(-value, unit)}`;
  if (unit !== "Usd") return whole.format(value);
  return "$" + (value >= 0.01 || value === 0 ? cents.format(value) : fine.format(value));
}

export function tooltip(model, bucket) {
  const at = model.buckets[bucket];
  if (!at) return "";
  const rows = model.series.map(one => ({ ...one, value: one.values[bucket] })).filter(one => one.value);
  const partial = model.partialFrom !== null && bucket >= model.partialFrom ? " · so far" : "";
  const total = model.stacked ? exact(rows.reduce((sum, one) => sum + one.value, 0), model.unit) : "";
  const before = model.before?.values[bucket] ?? null;
  return tip([
    [at.title + partial, total],
    ...rows.sort((a, b) => b.value - a.value).map(one => [one.label, exact(one.value, model.unit), one.colour]),
    ...(before === null ? [] : [[model.before.label, exact(before, model.unit)]])
  ]);
}

// The first line is the title.
export function tip(lines) {
  const box = document.createElement("div");
  box.className = "chart-tip";
  lines.forEach(([label, value, colour], index) => {
    const row = line(index === 0 ? "chart-tip-title" : "", label, value);
    if (colour) {
      const swatch = document.createElement("span");
      swatch.className = "swatch";
      swatch.style.background = `var(--series-${colour})`;
      row.prepend(swatch);
    }
    box.append(row);
  });
  return box.outerHTML;
}

// Names come from outside: only ever as text.
function line(name, label, value) {
  const row = document.createElement("div");
  row.className = `chart-tip-row ${name}`;
  row.append(Object.assign(document.createElement("span"), { textContent: label }), Object.assign(document.createElement("b"), { textContent: value }));
  return row;
}
