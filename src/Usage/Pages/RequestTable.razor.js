// Tells which rows are seen. One question at a time: while an answer is awaited, only the latest place counts.
const enough = 8;

export function watch(box, owner) {
  const main = box.closest(".frame-main") ?? document.documentElement;
  let told = { first: 0, rows: 30 };
  let asking = false;
  let drawn = 0;

  // Another list than the one that was here: from its first row.
  if (box.getBoundingClientRect().top < main.getBoundingClientRect().top) main.scrollTop = 0;

  const look = async () => {
    drawn = 0;
    if (asking || !box.isConnected) return;
    const row = box.querySelector("tbody tr[data-at]");
    if (!row) return;
    const height = row.getBoundingClientRect().height;
    const top = main.getBoundingClientRect().top;
    const first = Math.max(0, Number(row.dataset.at) + Math.floor((top - row.getBoundingClientRect().top) / height));
    const rows = Math.ceil(main.clientHeight / height);
    if (Math.abs(first - told.first) < enough && rows <= told.rows) return;
    told = { first, rows };
    asking = true;
    try {
      await owner.invokeMethodAsync("LookAsync", first, rows);
    } catch {
      return; // The circuit is gone.
    } finally {
      asking = false;
    }
    later();
  };
  // shell.js has moved the focus by now.
  const follow = event => {
    if ((event.key !== "ArrowDown" && event.key !== "ArrowUp") || !box.querySelector("tr.open")) return;
    const row = document.activeElement?.closest("tr[data-at]");
    if (row && box.contains(row) && !row.classList.contains("open")) owner.invokeMethodAsync("OpenAsync", Number(row.dataset.at)).catch(() => {});
  };
  const later = () => { drawn ||= requestAnimationFrame(look); };

  main.addEventListener("scroll", later, { passive: true });
  window.addEventListener("resize", later);
  document.addEventListener("keydown", follow);
  later();
  return {
    dispose() {
      main.removeEventListener("scroll", later);
      window.removeEventListener("resize", later);
      document.removeEventListener("keydown", follow);
      cancelAnimationFrame(drawn);
    },
  };
}
