// What the frame does in the browser alone, by attributes: nothing here knows a page.
const root = document.documentElement;

document.addEventListener("click", event => {
  const target = event.target.closest?.("[data-copy], [data-copy-link], [data-rail-fold], [data-density-switch], [data-reconnect], [data-full], a[href]");
  closeMenus(event.target.closest?.("details.menu"));
  if (!target) return;
  if (target.matches("[data-copy]")) copy(target, target.dataset.copy);
  else if (target.matches("[data-copy-link]")) copy(target, new URL(target.dataset.copyLink, location.origin).href);
  else if (target.matches("[data-rail-fold]")) foldRail();
  else if (target.matches("[data-density-switch]")) switchDensity();
  else if (target.matches("[data-full]")) fullScreen(document.getElementById(target.dataset.full));
  else if (target.matches("[data-reconnect]")) window.Blazor?.reconnect?.().then(ok => { if (ok === false) location.reload(); }, () => {});
  else document.querySelector("#rail:popover-open")?.hidePopover();
});

// Before Blazor, which would take the link for a way to another page and leave the focus where it is.
document.addEventListener("click", event => {
  if (!event.target.closest?.("[data-skip]")) return;
  event.preventDefault();
  document.getElementById("main")?.focus();
}, true);

document.addEventListener("keydown", event => {
  if (event.key === "Escape") return document.querySelector("details.menu[open]") ? closeMenus(null, true) : closePanel(event.target);
  const row = event.target.closest?.("table[data-rows] a[data-row]") ?? (event.target === document.body ? document.querySelector("table[data-rows] tr.open a[data-row]") : null);
  if (!row || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
  const rows = [...row.closest("table").querySelectorAll("a[data-row]")];
  const next = rows[rows.indexOf(row) + (event.key === "ArrowDown" ? 1 : -1)];
  if (next) {
    event.preventDefault();
    next.focus();
  }
});

function closeMenus(except, refocus) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu === except || menu.contains(except)) continue;
    menu.open = false;
    if (refocus) menu.querySelector("summary").focus();
  }
}

// The row that was open beside its list has the focus again, unless the focus is on a row already, which the panel may not have followed yet.
function closePanel(from) {
  const close = document.querySelector("[data-panel-close]");
  if (!close || from.closest?.("input, textarea, select, [popover]")) return;
  const row = from.closest?.("a[data-row]") ?? document.querySelector("tr.open a[data-row]");
  row?.focus({ preventScroll: true });
  close.click();
  if (row?.closest("tr[data-at]")) holdFocus(location.pathname, row.closest("tr").dataset.at);
}

// A list that is drawn anew while the panel closes may take the focused row with it.
function holdFocus(path, at, until = performance.now() + 3000) {
  if (location.pathname !== path) return;
  if (document.activeElement === document.body) document.querySelector(`table[data-rows] tr[data-at="${at}"] a[data-row]`)?.focus({ preventScroll: true });
  if (performance.now() < until) setTimeout(holdFocus, 100, path, at, until);
}

function switchDensity() {
  const comfortable = root.dataset.density !== "comfortable";
  if (comfortable) root.dataset.density = "comfortable";
  else delete root.dataset.density;
  document.cookie = `density=${comfortable ? "comfortable" : ""}; path=/; max-age=${comfortable ? 31536000 : 0}; samesite=lax`;
}

async function copy(button, text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without https there is no clipboard API.
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus();
  }
  button.dataset.copied = "";
  setTimeout(() => delete button.dataset.copied, 1500);
}

function fullScreen(part) {
  if (document.fullscreenElement) document.exitFullscreen();
  else part.requestFullscreen?.().catch(() => {});
}

function foldRail() {
  const mini = root.dataset.rail !== "mini";
  if (mini) root.dataset.rail = "mini";
  else delete root.dataset.rail;
  document.cookie = `rail=${mini ? "mini" : ""}; path=/; max-age=${mini ? 31536000 : 0}; samesite=lax`;
}

// The server forgot this circuit; the URL holds the page's whole state, so loading it again loses nothing.
const modal = document.getElementById("components-reconnect-modal");
if (modal)
  new MutationObserver(() => {
    if (modal.classList.contains("components-reconnect-rejected")) location.reload();
  }).observe(modal, { attributes: true, attributeFilter: ["class"] });
