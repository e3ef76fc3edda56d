// Reranking is a movement: cards travel from where they were to where they belong, and the lines follow them.
{
  const TRAVEL_MS = 700;
  const EASING = "cubic-bezier(.3, .1, .2, 1)";
  // Where each document's card was last seen, by column; and the search that the columns answered then.
  let seen = new Map();
  let answered = "";
  let moving = [];

  const key = (hit) => `${hit.closest(".ss-column").dataset.method} ${hit.dataset.doc}`;
  const reranked = (columns) => [...columns.querySelectorAll('.ss-column:not([data-reranks=""]) .ss-hit')];

  function look(columns) {
    const origin = columns.getBoundingClientRect().top;
    for (const hit of reranked(columns)) seen.set(key(hit), hit.getBoundingClientRect().top - origin);
  }

  function follow(columns) {
    moving = moving.filter((each) => each.playState !== "finished" && each.playState !== "idle");
    page.join(columns);
    look(columns);
    columns.classList.toggle("ss-moving", moving.length > 0);
    if (moving.length) requestAnimationFrame(() => follow(columns));
  }

  function travel(columns, from) {
    for (const each of moving) each.cancel();
    moving = [];
    const origin = columns.getBoundingClientRect().top;
    const ways = reranked(columns).map((hit) => [hit, from(hit) - (hit.getBoundingClientRect().top - origin)]);
    // Where nothing is known of before, the way is no number.
    moving = ways.filter(([, way]) => Math.abs(way) >= 1).map(([hit, way]) =>
      hit.animate([{ transform: `translateY(${way}px)` }, { transform: "none" }], {
        duration: TRAVEL_MS,
        easing: EASING,
      }),
    );
    follow(columns);
  }

  // The place in its column that a card has by its rank in the ranking that is being reordered.
  function firstPlaces(columns) {
    const origin = columns.getBoundingClientRect().top;
    const tops = new Map();
    for (const column of columns.querySelectorAll('.ss-column:not([data-reranks=""])')) {
      const list = page.hits(column);
      list.forEach((hit) => {
        const place = list[Number(hit.dataset.before) - 1];
        if (place) tops.set(hit, place.getBoundingClientRect().top - origin);
      });
    }
    return (hit) => tops.get(hit);
  }

  page.play = (columns = page.seen(".ss-results .ss-columns")) => {
    if (columns && !page.reduced() && !page.narrow()) travel(columns, firstPlaces(columns));
  };

  // After a search, wherever it was asked from, its results are to be seen.
  function bringIntoView() {
    const verdict = seek("#verdict-row");
    const top = verdict.getBoundingClientRect().top;
    if (top < 0 || top > innerHeight / 2) verdict.scrollIntoView({ behavior: page.reduced() ? "auto" : "smooth" });
  }

  // New markup has come: from where the cards were, or, for another search, from the first ranking's order.
  page.arrived = (columns) => {
    const search = [columns.dataset.corpus, columns.dataset.query, columns.dataset.against].join(" ");
    const other = search !== answered;
    if (other) seen = new Map();
    if (other && answered) bringIntoView();
    if (columns.dataset.state === "done") setTimeout(page.retype, 300);
    answered = search;
    if (page.reduced() || page.narrow()) {
      look(columns);
      page.join(columns);
    } else if (other && !columns.querySelector(".ss-pending")) {
      page.play(columns);
    } else {
      travel(columns, (hit) => seen.get(key(hit)));
    }
  };

  // A card that is pressed stands still until the press is over, so that the click is its own.
  const rest = (paused) => moving.forEach((each) => (paused ? each.pause() : each.play()));
  listen("pointerdown", (event) => event.target.closest?.(".ss-columns") && rest(true));
  for (const name of ["pointerup", "pointercancel"]) listen(name, () => setTimeout(rest, 0, false));
}
