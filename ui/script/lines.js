// Lines that join a document's places in two rankings, lit together with the rows.
page.hits = (column) => [...column.querySelectorAll(".ss-hit")];
// Of what two tabs have, what is seen now.
page.seen = (selector) => [...document.querySelectorAll(selector)].find((each) => each.checkVisibility());
page.reduced = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

{
  const SVG = "http://www.w3.org/2000/svg";

  function path({ from, to, doc, fromBelow, noted }) {
    const line = document.createElementNS(SVG, "path");
    const bend = (to.x - from.x) / 2;
    line.setAttribute("d", `M${from.x},${from.y} C${from.x + bend},${from.y} ${to.x - bend},${to.y} ${to.x},${to.y}`);
    line.dataset.doc = doc;
    if (fromBelow) line.classList.add("ss-from-below");
    if (noted) line.classList.add("ss-noted");
    return line;
  }

  // The edges that face each other, whichever of the two columns is the left one.
  function between(origin, source, reranked) {
    const [a, b] = [source.getBoundingClientRect(), reranked.getBoundingClientRect()];
    const forward = a.left < b.left;
    const places = new Map(page.hits(source).map((hit) => [hit.dataset.doc, hit.getBoundingClientRect()]));
    return page.hits(reranked).map((hit) => {
      const box = hit.getBoundingClientRect();
      const place = places.get(hit.dataset.doc);
      const y = place ? place.top + place.height / 2 : a.bottom;
      return {
        from: { x: (forward ? a.right : a.left) - origin.left, y: y - origin.top },
        to: { x: (forward ? b.left : b.right) - origin.left, y: box.top + box.height / 2 - origin.top },
        doc: hit.dataset.doc,
        fromBelow: !place,
        noted: hit.matches(".ss-noted"),
      };
    });
  }

  page.join = (columns) => {
    let svg = columns.querySelector(":scope > .ss-lines");
    if (!svg) {
      svg = document.createElementNS(SVG, "svg");
      svg.setAttribute("class", "ss-lines");
      svg.setAttribute("aria-hidden", "true");
      columns.append(svg);
    }
    // All places are read before the first line is drawn: each read after a change lays the page out anew.
    const origin = columns.getBoundingClientRect();
    const lines = [];
    for (const reranked of columns.querySelectorAll(".ss-column[data-reranks]")) {
      const source = columns.querySelector(`.ss-column[data-method="${reranked.dataset.reranks}"]`);
      if (reranked.dataset.reranks && source) lines.push(...between(origin, source, reranked));
    }
    svg.replaceChildren(...lines.map(path));
    page.light(page.lit);
  };

  page.lit = null;
  page.light = (doc) => {
    page.lit = doc;
    for (const part of document.querySelectorAll(".ss-columns [data-doc]")) {
      part.classList.toggle("ss-lit", doc !== null && part.dataset.doc === doc);
    }
  };

  // A pointer at rest must not put out what the keyboard has lit: scrolling moves the page under it.
  const docOf = (element) => element?.closest?.(".ss-columns [data-doc]")?.dataset.doc ?? null;
  listen("mouseover", (event) => page.light(docOf(event.target) ?? docOf(document.activeElement)));
  listen("focusin", (event) => page.light(docOf(event.target)));
}
