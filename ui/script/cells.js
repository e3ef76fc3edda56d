// What a server can't do: join a document's places in neighbouring rankings, light them together, unfold long texts.
() => {
  const SVG = "http://www.w3.org/2000/svg";

  const hits = (column) => [...column.querySelectorAll(".ss-hit")];

  function path(svg, from, to, doc, fromBelow) {
    const line = document.createElementNS(SVG, "path");
    const bend = (to.x - from.x) / 2;
    line.setAttribute("d", `M${from.x},${from.y} C${from.x + bend},${from.y} ${to.x - bend},${to.y} ${to.x},${to.y}`);
    line.dataset.doc = doc;
    if (fromBelow) line.classList.add("ss-from-below");
    svg.append(line);
  }

  function joinColumns(columns) {
    columns.querySelector(".ss-lines")?.remove();
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("class", "ss-lines");
    svg.setAttribute("aria-hidden", "true");
    const origin = columns.getBoundingClientRect();
    const sections = [...columns.querySelectorAll(".ss-column")];
    for (let i = 1; i < sections.length; i++) {
      const [left, right] = [sections[i - 1], sections[i]];
      const places = new Map(hits(left).map((hit) => [hit.dataset.doc, hit.getBoundingClientRect()]));
      const edge = left.getBoundingClientRect();
      if (!places.size) continue;
      for (const hit of hits(right)) {
        const box = hit.getBoundingClientRect();
        const place = places.get(hit.dataset.doc);
        const from = place
          ? { x: place.right - origin.left, y: place.top + place.height / 2 - origin.top }
          : { x: edge.right - origin.left, y: edge.bottom - origin.top };
        const to = { x: box.left - origin.left, y: box.top + box.height / 2 - origin.top };
        path(svg, from, to, hit.dataset.doc, !place);
      }
    }
    columns.append(svg);
  }

  function light(doc) {
    for (const part of document.querySelectorAll(".ss-columns [data-doc]")) {
      part.classList.toggle("ss-lit", doc !== null && part.dataset.doc === doc);
    }
  }

  function offerMore(hit) {
    const text = hit.querySelector(".ss-text");
    if (hit.querySelector(".ss-more") || text.scrollHeight <= text.clientHeight + 2) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "ss-link ss-more";
    button.textContent = "more";
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => {
      const open = hit.classList.toggle("ss-open");
      button.textContent = open ? "less" : "more";
      button.setAttribute("aria-expanded", String(open));
      joinColumns(hit.closest(".ss-columns"));
    });
    hit.querySelector(".ss-foot").prepend(button);
  }

  // Arrow keys walk a ranking; Tab goes to one hit of each column, not to all of them.
  function walk(event) {
    const hit = event.target.closest?.(".ss-hit");
    if (!hit || event.target !== hit || !["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const sections = [...hit.closest(".ss-columns").querySelectorAll(".ss-column")];
    const column = sections.indexOf(hit.closest(".ss-column"));
    const list = hits(sections[column]);
    let next = null;
    if (event.key === "ArrowDown") next = list[list.indexOf(hit) + 1];
    if (event.key === "ArrowUp") next = list[list.indexOf(hit) - 1];
    const beside = sections[column + (event.key === "ArrowRight" ? 1 : -1)];
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      next = beside && (hits(beside).find((other) => other.dataset.doc === hit.dataset.doc) ?? hits(beside)[0]);
    }
    if (!next) return;
    event.preventDefault();
    next.focus();
  }

  // Gradio patches the old markup into the new and so drops what was added here: that the lines are gone is the
  // sign that a new result has come.
  const watched = new ResizeObserver((entries) => entries.forEach((entry) => joinColumns(entry.target)));
  function refresh() {
    for (const columns of document.querySelectorAll(".ss-columns")) {
      if (columns.querySelector(":scope > .ss-lines")) continue;
      columns.querySelectorAll(".ss-more").forEach((button) => button.remove());
      columns.querySelectorAll(".ss-column").forEach((column) => hits(column)[0]?.setAttribute("tabindex", "0"));
      columns.querySelectorAll(".ss-hit").forEach(offerMore);
      joinColumns(columns);
      watched.observe(columns);
    }
    document.querySelectorAll(".block.ss-live").forEach((line) => line.setAttribute("aria-live", "polite"));
  }

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

  // A pointer at rest must not put out what the keyboard has lit: scrolling moves the page under it.
  const docOf = (element) => element?.closest?.(".ss-columns [data-doc]")?.dataset.doc ?? null;
  document.addEventListener("mouseover", (event) => light(docOf(event.target) ?? docOf(document.activeElement)));
  document.addEventListener("focusin", (event) => light(docOf(event.target)));
  document.addEventListener("keydown", walk);
  document.addEventListener("keydown", walkCells);
  new MutationObserver(refresh).observe(document.body, { childList: true, subtree: true });
  refresh();
}
