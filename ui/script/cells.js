// Heat maps and strips of tokens.
{
  // Arrow keys, Home and End walk the cells of a heat map and the tokens of a strip; Tab enters each of them once.
  function walkCells(event) {
    const cell = event.target.closest?.(".ss-heatmap td[tabindex], .ss-token");
    if (!cell || event.target !== cell || event.ctrlKey || event.metaKey || event.altKey) return;
    const grid = cell.closest(".ss-heatmap tbody, .ss-strip");
    const row = cell.closest("tr") ?? grid;
    const cells = [...row.querySelectorAll("[tabindex]")];
    const at = cells.indexOf(cell);
    const beside = (other) => other && [...other.querySelectorAll("[tabindex]")][at];
    const next = {
      ArrowRight: () => cells[at + 1],
      ArrowLeft: () => cells[at - 1],
      ArrowDown: () => (row === grid ? cells[at + 1] : beside(row.nextElementSibling)),
      ArrowUp: () => (row === grid ? cells[at - 1] : beside(row.previousElementSibling)),
      Home: () => cells[0],
      End: () => cells[cells.length - 1],
    }[event.key]?.();
    if (!next) return;
    event.preventDefault();
    grid.querySelectorAll('[tabindex="0"]').forEach((other) => other.setAttribute("tabindex", "-1"));
    next.setAttribute("tabindex", "0");
    next.focus();
  }

  listen("keydown", walkCells);
}
