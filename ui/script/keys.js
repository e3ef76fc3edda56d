// Keys for the whole page, words that explain themselves, and the one place for their explanations.
{
  const OFF = "ss-keys-off";
  const typing = (element) => element?.closest?.("input, textarea, select, [contenteditable]");
  const read = () => {
    try {
      return localStorage.getItem(OFF) === "1";
    } catch {
      return false;
    }
  };

  const dialog = () => seek(".ss-keys");
  const query = () => seek("#query :is(textarea, input)");
  const acts = { projector: () => page.toggleProjector(), keys: () => dialog().showModal() };

  listen("keydown", (event) => {
    if (event.key === "Escape") hideTip();
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || read() || dialog()?.open) return;
    const act = {
      "/": () => query()?.focus(),
      "?": acts.keys,
      p: acts.projector,
      r: () => page.play(),
    }[event.key.length === 1 ? event.key.toLowerCase() : ""];
    if (act) {
      event.preventDefault();
      return act();
    }
    // In a lecture hall nobody tabs first: the arrows begin with the first row.
    if (seek(".ss-projector") && event.target === document.body && event.key === "ArrowDown") {
      event.preventDefault();
      page.seen(".ss-results .ss-hit")?.focus();
    }
  });
  listen("click", (event) => {
    const act = acts[event.target.closest?.("[data-act]")?.dataset.act];
    if (act) act();
    if (event.target.closest?.(".ss-skip")) {
      event.preventDefault();
      query()?.focus();
    }
    if (event.target.closest?.(".ss-close")) {
      event.target.closest(".ss-share").remove();
      seek("#share")?.focus();
    }
    const term = event.target.closest?.(".ss-term");
    if (term) showTip(term);
    else hideTip();
  });
  listen("change", (event) => {
    if (!event.target.matches?.(".ss-keys-on")) return;
    try {
      localStorage.setItem(OFF, event.target.checked ? "0" : "1");
    } catch {}
  });

  let tip = null;
  function hideTip() {
    tip?.remove();
    tip = null;
  }
  function showTip(term) {
    hideTip();
    const said = document.getElementById(term.getAttribute("aria-describedby"))?.textContent;
    if (!said) return;
    tip = document.createElement("div");
    tip.className = "ss ss-tip";
    tip.setAttribute("aria-hidden", "true");
    tip.textContent = said;
    seek(".gradio-container").append(tip);
    const box = term.getBoundingClientRect();
    const left = Math.max(8, Math.min(box.left, innerWidth - tip.offsetWidth - 8));
    const below = box.bottom + 4 + tip.offsetHeight < innerHeight;
    tip.style.left = `${left + scrollX}px`;
    tip.style.top = `${(below ? box.bottom + 2 : box.top - tip.offsetHeight - 2) + scrollY}px`;
  }
  const termOf = (event) => event.target.closest?.(".ss-term");
  listen("mouseover", (event) => {
    if (termOf(event)) showTip(termOf(event));
    // The pointer may rest on the explanation itself.
    else if (tip && !event.target.closest?.(".ss-tip") && !document.activeElement?.matches(".ss-term")) hideTip();
  });
  listen("focusin", (event) => (termOf(event) ? showTip(termOf(event)) : hideTip()));
}
