// Gradio patches the old markup into the new and so drops what was added here: that the lines are gone is the sign
// that a new result has come.
{
  const watched = new ResizeObserver((entries) => entries.forEach((entry) => page.join(entry.target)));
  let share = null;

  function refresh() {
    page.complete();
    for (const columns of document.querySelectorAll(".ss-results .ss-columns:not(.ss-skeleton)")) {
      if (columns.querySelector(":scope > .ss-lines")) continue;
      columns.querySelectorAll(".ss-column").forEach((column) => page.hits(column)[0]?.setAttribute("tabindex", "0"));
      page.arrived(columns);
      page.sort("");
      watched.observe(columns);
    }
    // What was pressed is gone with its tab: the focus goes where the answer comes.
    const next = page.focusWhenSeen && seek(page.focusWhenSeen);
    if (next?.offsetParent) {
      page.focusWhenSeen = "";
      next.focus();
    }
    page.turned();
    const panel = seek(".ss-share");
    if (panel && panel !== share) page.shared(panel);
    share = panel;
    // Not the whole block: Gradio counts tenths of seconds in it.
    document.querySelectorAll(".block.ss-live .prose").forEach((line) => line.setAttribute("aria-live", "polite"));
  }

  page.start = () => {
    new MutationObserver(refresh).observe(document.body, {
      childList: true,
      subtree: true,
      attributes: true,
      attributeFilter: ["aria-selected", "class"],
    });
    refresh();
    page.takeOver();
    const query = seek("#query :is(textarea, input)");
    const idle = document.activeElement === document.body;
    const elsewhere = new URLSearchParams(location.search).has("tab");
    if (idle && !elsewhere && query?.offsetParent && window.matchMedia("(pointer: fine)").matches) query.focus();
  };
}
