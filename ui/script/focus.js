// What goes away while it has the focus hands it on: a Stop button to the button beside it, all else to its tab.
{
  let held = null;
  let beside = null;

  listen("focusin", (event) => {
    held = event.target;
    beside = held.closest(".row")?.querySelector("button.primary");
  });
  // A press on nothing gives the focus up on purpose.
  listen("pointerdown", () => (held = null), true);

  const there = (element) => element?.isConnected && element.checkVisibility();
  function keep() {
    const active = document.activeElement;
    if ((active !== document.body && active !== held) || !held || there(held)) return;
    held = null;
    const next = there(beside) ? beside : seek("[role=tab][aria-selected=true]");
    next?.focus();
  }
  // A line that changes its class alone may hide a button.
  new MutationObserver(keep).observe(document.body, { childList: true, subtree: true, attributeFilter: ["class"] });
}
