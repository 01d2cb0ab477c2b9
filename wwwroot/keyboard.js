// The search box and the shortcuts, by attributes and by the roles of the elements: nothing here knows a page.
const pageKeyWithin = 1500;
let goPressed = 0;
let listed = null;
let early = null;

const byId = id => document.getElementById(id);
const options = () => [...document.querySelectorAll("#search-results [role=option]")];
const active = () => document.querySelector("#search-results [aria-selected=true]");
// As the server cleans what it is asked.
const typed = () => byId("search-text").value.replace(/[\p{Cc}\u{10000}-\u{10FFFF}]/gu, "").trim().slice(0, 200).trim();
const settled = () => byId("search-results").dataset.for === typed();

document.addEventListener("keydown", event => {
  if (event.isComposing) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    return open("search");
  }
  if (event.target.id === "search-text") return steer(event);
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  shortcut(event);
});

document.addEventListener("click", event => {
  const pressed = event.target.closest?.("[data-action=search], [data-action=keys], [data-dismiss], .search-option");
  if (!pressed) {
    // The dialog itself is hit only beside its content: on the backdrop.
    if (event.target.matches?.("dialog.finder, dialog.sheet") && isBeside(event)) event.target.close();
    return;
  }
  if (pressed.matches("[data-dismiss]")) pressed.closest("dialog").close();
  else if (pressed.matches("[data-action=search]")) open("search");
  else if (pressed.matches("[data-action=keys]")) open("keys-help");
  else choose(pressed, event);
});

function isTyping(target) {
  return Boolean(target.closest?.("input, textarea, select, [contenteditable], [role=combobox], [role=listbox], .rz-dropdown"));
}

function isBeside(event) {
  const box = event.target.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

function shortcut(event) {
  const goes = performance.now() - goPressed < pageKeyWithin;
  goPressed = 0;
  if (goes && /^[a-z]$/i.test(event.key)) {
    const link = document.querySelector(`#rail a[data-go="${event.key.toLowerCase()}"]`);
    if (!link) return;
    event.preventDefault();
    link.click();
  } else if (event.key === "g") goPressed = performance.now();
  else if (event.key === "/" || event.key === "?") {
    event.preventDefault();
    open(event.key === "/" ? "search" : "keys-help");
  }
}

function open(id) {
  const dialog = byId(id);
  if (!dialog) return;
  for (const other of document.querySelectorAll("dialog[open]")) if (other !== dialog) other.close();
  if (!dialog.open) dialog.showModal();
  if (id !== "search") return;
  early = null;
  listed = byId("search-results").dataset.for;
  byId("search-text").select();
  watcher.observe(byId("search-results"), { childList: true, subtree: true, attributes: true, attributeFilter: ["data-for"] });
  select(options()[0]);
}

// What the server lists for another text begins with its first; an Enter that came before it counts now.
const watcher = new MutationObserver(() => {
  const anew = listed !== (listed = byId("search-results").dataset.for);
  select(anew ? options()[0] : active() ?? options()[0]);
  if (early === null || !settled()) return;
  const go = early === typed();
  early = null;
  if (go) active()?.click();
});

document.addEventListener("close", event => {
  if (event.target.id !== "search") return;
  watcher.disconnect();
  const field = byId("search-text");
  if (field.value === "") return;
  field.value = "";
  field.dispatchEvent(new Event("input", { bubbles: true }));
}, true);

function steer(event) {
  const all = options();
  const at = all.indexOf(active());
  const next = { ArrowDown: at + 1, ArrowUp: at < 0 ? all.length - 1 : at - 1, PageDown: Math.min(at + 5, all.length - 1), PageUp: Math.max(at - 5, 0) }[event.key];
  if (next !== undefined) {
    event.preventDefault();
    if (all.length > 0) select(all[(next + all.length) % all.length]);
  } else if (event.key === "Enter") {
    event.preventDefault();
    if (settled()) active()?.click();
    else early = typed();
  }
}

function select(option) {
  for (const other of options()) if (other !== option && other.getAttribute("aria-selected") !== "false") other.setAttribute("aria-selected", "false");
  const field = byId("search-text");
  if (!option) return field.removeAttribute("aria-activedescendant");
  option.setAttribute("aria-selected", "true");
  field.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

// A link is followed by whoever follows links; a deed presses the frame's own button for it, once the dialog is away.
function choose(option, event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  byId("search").close();
  if (!option.dataset.press) return;
  event.preventDefault();
  document.querySelector(`[data-action="${option.dataset.press}"]:not(.search-option)`)?.click();
}
