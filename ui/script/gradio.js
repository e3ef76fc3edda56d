// What Gradio's own parts leave out: one tab stop for a group with arrow keys inside it, and what is open.
{
  function roving(list) {
    list.querySelectorAll("[role=tab]").forEach((tab) => {
      tab.tabIndex = tab.getAttribute("aria-selected") === "true" ? 0 : -1;
      // Gradio names a panel that has no id.
      if (tab.getAttribute("aria-controls") === "") tab.removeAttribute("aria-controls");
    });
  }

  // Radios with one name are one group to the browser: one tab stop, arrow keys, "2 of 5".
  function group(fieldset, number) {
    const radios = fieldset.querySelectorAll("input[type=radio]");
    radios.forEach((radio) => (radio.name = `ss-group-${number}`));
  }

  function tell(button) {
    const open = button.nextElementSibling?.style.display !== "none";
    if (button.getAttribute("aria-expanded") !== String(open)) button.setAttribute("aria-expanded", String(open));
  }

  page.complete = () => {
    document.querySelectorAll("[role=tablist]").forEach(roving);
    document.querySelectorAll("fieldset:has(input[type=radio])").forEach(group);
    document.querySelectorAll("button.label-wrap").forEach(tell);
  };

  listen("keydown", (event) => {
    const tab = event.target.closest?.("[role=tab]");
    if (!tab || event.ctrlKey || event.metaKey || event.altKey) return;
    const tabs = [...tab.closest("[role=tablist]").querySelectorAll("[role=tab]")];
    const at = tabs.indexOf(tab);
    const next = {
      ArrowRight: tabs[(at + 1) % tabs.length],
      ArrowLeft: tabs[(at - 1 + tabs.length) % tabs.length],
      Home: tabs[0],
      End: tabs[tabs.length - 1],
    }[event.key];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.click();
  });
}
