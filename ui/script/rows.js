// Rows: more of a passage on demand, a walk by arrow keys, and what a press on one asks for.
page.narrow = () => window.matchMedia("(max-width: 639.98px)").matches;

{
  page.send = (element, act, more = {}) => {
    const columns = (element.closest(".ss-results") ?? seek("#results")).querySelector(".ss-columns");
    const corpus = columns.dataset.corpus;
    // Where two wordings are compared, a column has a query of its own.
    const query = (element.closest(".ss-columns [data-query]") ?? columns).dataset.query;
    const doc = element.closest("[data-doc]")?.dataset.doc ?? "";
    const detail = { act, corpus, query, doc, ...more };
    if (act === "reveal" && element.closest("#lesson-view")) page.focusWhenSeen = ".ss-notice h3";
    columns.dispatchEvent(new CustomEvent("ss-act", { bubbles: true, detail }));
  };

  function unfold(hit) {
    const open = hit.classList.toggle("ss-open");
    const button = hit.querySelector(".ss-more");
    button.textContent = open ? "less" : "more";
    button.setAttribute("aria-expanded", String(open));
    page.join(hit.closest(".ss-columns"));
  }

  listen("click", (event) => {
    const button = event.target.closest?.(".ss-results button, #status button");
    const hit = event.target.closest?.(".ss-hit");
    if (button?.matches(".ss-more")) unfold(hit);
    else if (button?.matches(".ss-inside")) {
      page.send(button, "inside");
      page.focusWhenSeen = "#hood-heading h2";
    }
    else if (button?.dataset.judge) page.send(button, "judge", { value: button.dataset.judge });
    else if (button?.dataset.hand) {
      page.send(button, "hand", { value: button.dataset.hand });
      page.focusWhenSeen = button.dataset.hand === "1" ? "[data-state=done] ~ .ss-hand h2" : "";
    }
    else if (button?.dataset.grade) page.send(button, "grade", { value: button.dataset.grade });
    else if (button?.dataset.sort) page.sort(button.dataset.sort);
    else if (button?.matches(".ss-play")) page.play(button.closest(".ss-columns"));
    else if (button?.matches(".ss-one")) page.send(button, "one");
    else if (hit && !button && !getSelection().toString()) unfold(hit);
  });

  // The list for narrow screens, in the order of the ranking that was touched; the choice outlives new results.
  let sorted = "";
  page.sort = (method) => {
    sorted = method || sorted;
    if (sorted) document.querySelectorAll(".ss-merged").forEach(sortList);
  };
  function sortList(merged) {
    const list = merged.querySelector("ol");
    if (!list || !merged.querySelector(`[data-sort="${sorted}"]`)) return;
    const rank = (item) => Number(new Map(item.dataset.ranks.split(";").map((each) => each.split(":"))).get(sorted) ?? 1e9);
    const items = [...list.children];
    const ordered = [...items].sort((a, b) => rank(a) - rank(b));
    if (ordered.some((item, i) => item !== items[i])) list.append(...ordered);
    for (const button of merged.querySelectorAll("[data-sort]")) {
      button.setAttribute("aria-pressed", String(button.dataset.sort === sorted));
    }
  }

  // Arrow keys walk a ranking; Tab goes to one hit of each column, not to all of them.
  listen("keydown", (event) => {
    const hit = event.target.closest?.(".ss-hit");
    if (!hit || event.target !== hit || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter") return void unfold(hit);
    if (!["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const sections = [...hit.closest(".ss-columns").querySelectorAll(".ss-column")];
    const column = sections.indexOf(hit.closest(".ss-column"));
    const list = page.hits(sections[column]);
    let next = null;
    if (event.key === "ArrowDown") next = list[list.indexOf(hit) + 1];
    if (event.key === "ArrowUp") next = list[list.indexOf(hit) - 1];
    const beside = sections[column + (event.key === "ArrowRight" ? 1 : -1)];
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      next = beside && (page.hits(beside).find((other) => other.dataset.doc === hit.dataset.doc) ?? page.hits(beside)[0]);
    }
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
}
