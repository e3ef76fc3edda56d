// The cut: a handle in the first ranking. While it moves, what is scored already is shown; then the server is asked.
{
  const ASK_AFTER_MS = 350;
  let asked = 0;
  let dragged = null;

  const source = (columns) => columns.querySelector(".ss-column:has(.ss-cut)");

  // What the other rankings would be with so many candidates: those of the first ranking's first places.
  function preview(columns, cut) {
    const handle = columns.querySelector(".ss-handle");
    const said = `${cut} candidate${cut === 1 ? "" : "s"}`;
    handle.setAttribute("aria-valuenow", cut);
    handle.setAttribute("aria-valuetext", said);
    handle.querySelector(".ss-cut-said").textContent = `cut: ${said}`;
    const rows = page.hits(source(columns));
    rows.forEach((hit, i) => hit.classList.toggle("ss-beyond", i >= cut));
    const after = rows[Math.min(cut, rows.length) - 1];
    if (after.nextElementSibling !== handle.parentElement) after.after(handle.parentElement);
    for (const column of columns.querySelectorAll(`.ss-column[data-reranks="${source(columns).dataset.method}"]`)) {
      let rank = 0;
      for (const hit of page.hits(column)) {
        const within = Number(hit.dataset.before) <= cut;
        hit.hidden = !within;
        if (within) hit.querySelector(".ss-rank").textContent = ++rank;
      }
    }
    mark(cut);
    page.join(columns);
  }

  // The mark on the curve of nDCG@10 by candidates.
  function mark(cut) {
    const figure = seek(".ss-depth");
    if (!figure) return;
    const values = figure.dataset.values.split(" ").map(Number);
    const [line, dot] = [figure.querySelector(".ss-cut-mark"), figure.querySelector(".ss-dot")];
    const [left, right] = [4, Number(figure.querySelector("svg").viewBox.baseVal.width) - 4];
    const at = Math.min(cut, values.length);
    const x = left + ((right - left) * (at - 1)) / Math.max(values.length - 1, 1);
    const height = figure.querySelector("svg").viewBox.baseVal.height;
    line.setAttribute("x1", x);
    line.setAttribute("x2", x);
    dot.setAttribute("cx", x);
    dot.setAttribute("cy", height - 3 - (height - 6) * values[at - 1]);
  }

  function move(columns, cut, wait) {
    const handle = columns.querySelector(".ss-handle");
    const bounded = Math.max(1, Math.min(cut, Number(handle.getAttribute("aria-valuemax"))));
    const focused = document.activeElement === handle;
    preview(columns, bounded);
    if (focused) handle.focus({ preventScroll: true });
    clearTimeout(asked);
    asked = setTimeout(() => {
      if (bounded !== Number(columns.dataset.cut)) page.send(handle, "cut", { value: String(bounded) });
    }, wait);
  }

  listen("keydown", (event) => {
    if (!event.target.matches?.(".ss-handle") || event.ctrlKey || event.metaKey || event.altKey) return;
    const now = Number(event.target.getAttribute("aria-valuenow"));
    const next = {
      ArrowDown: now + 1, ArrowRight: now + 1, ArrowUp: now - 1, ArrowLeft: now - 1,
      PageDown: now + 5, PageUp: now - 5, Home: 1, End: Number(event.target.getAttribute("aria-valuemax")),
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    move(event.target.closest(".ss-columns"), next, ASK_AFTER_MS);
  });

  listen("pointerdown", (event) => {
    const handle = event.target.closest?.(".ss-handle");
    if (!handle || event.button) return;
    event.preventDefault();
    handle.focus({ preventScroll: true });
    dragged = handle.closest(".ss-columns");
    dragged.classList.add("ss-cutting");
  });
  listen("pointermove", (event) => {
    if (!dragged) return;
    const rows = page.hits(source(dragged));
    const above = rows.filter((hit) => {
      const box = hit.getBoundingClientRect();
      return box.top + box.height / 2 < event.clientY;
    });
    const cut = Math.max(1, above.length);
    if (cut !== Number(dragged.querySelector(".ss-handle").getAttribute("aria-valuenow"))) preview(dragged, cut);
  });
  for (const name of ["pointerup", "pointercancel"]) {
    listen(name, () => {
      if (!dragged) return;
      dragged.classList.remove("ss-cutting");
      move(dragged, Number(dragged.querySelector(".ss-handle").getAttribute("aria-valuenow")), 0);
      dragged = null;
    });
  }
}
