// The chart of gains: arrow keys walk the bars, a press picks one, and the line below names the one that is picked.
{
  function pick(bar) {
    const figure = bar.closest(".ss-gains");
    for (const other of figure.querySelectorAll("[role=option]")) {
      other.setAttribute("tabindex", other === bar ? "0" : "-1");
      other.setAttribute("aria-selected", String(other === bar));
    }
    const [name, figures, open] = figure.querySelector(".ss-reading").children;
    name.textContent = bar.dataset.text;
    figures.textContent = bar.dataset.figures;
    open.dataset.query = bar.dataset.id;
    bar.focus({ preventScroll: true });
  }

  listen("keydown", (event) => {
    const bar = event.target.closest?.(".ss-gains [role=option]");
    if (!bar || event.ctrlKey || event.metaKey || event.altKey) return;
    const bars = [...bar.parentElement.querySelectorAll("[role=option]")];
    const at = bars.indexOf(bar);
    const next = {
      ArrowRight: bars[at + 1],
      ArrowDown: bars[at + 1],
      ArrowLeft: bars[at - 1],
      ArrowUp: bars[at - 1],
      PageDown: bars[Math.min(at + 10, bars.length - 1)],
      PageUp: bars[Math.max(at - 10, 0)],
      Home: bars[0],
      End: bars[bars.length - 1],
    };
    if (event.key === "Enter") bar.closest(".ss-gains").querySelector("[data-query]").click();
    if (!(event.key in next)) return;
    event.preventDefault();
    if (next[event.key]) pick(next[event.key]);
  });

  // On a phone a bar is narrower than a finger: the bar under a finger that slides is picked as it goes.
  let sliding = false;
  const under = (event) => document.elementFromPoint(event.clientX, event.clientY)?.closest(".ss-gains [role=option]");
  listen("pointerdown", (event) => {
    const bar = event.target.closest?.(".ss-gains [role=option]");
    if (!bar || event.button) return;
    event.preventDefault();
    bar.releasePointerCapture?.(event.pointerId);
    sliding = true;
    pick(bar);
  });
  listen("pointermove", (event) => {
    const bar = sliding && under(event);
    if (bar && bar.getAttribute("aria-selected") !== "true") pick(bar);
  });
  for (const name of ["pointerup", "pointercancel"]) listen(name, () => (sliding = false));
}
