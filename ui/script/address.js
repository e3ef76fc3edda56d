// The state lives in the address: the bar follows it, Back and Forward reopen it, and it can be copied.
{
  const OWN = (name) => !name.startsWith("__");
  // Replaced in the history, where everything else is a new entry: a handle that is dragged is one step.
  const SMALL = new Set(["k", "grade", "judge", "view", "score"]);
  const STEP_MS = 150;
  const HUGGING_FACE = "https://huggingface.co";
  // What an address is put into on being opened is no step of the visitor's.
  let opening = true;
  // What Back or Forward has come to: an answer for a step before it may come later, and is none for this one.
  let reopened = null;
  let stepping = 0;
  // The tab that the visitor has turned to, until they do something else: an answer to what was asked before keeps it.
  let chosen = null;
  function acted() {
    opening = false;
    reopened = null;
    chosen = null;
  }
  // A screen reader's activation is a click alone; what scripts press is no step of anybody's.
  for (const name of ["keydown", "pointerdown", "click"]) {
    listen(name, (event) => event.isTrusted && acted(), true);
  }

  const params = (query) => [...new URLSearchParams(query)].filter(([name]) => OWN(name));
  const written = (query) => new URLSearchParams(params(query)).toString();

  function differences(before, after) {
    const [a, b] = [before, after].map((query) => params(query).map((pair) => pair.join("=")));
    return [...a.filter((pair) => !b.includes(pair)), ...b.filter((pair) => !a.includes(pair))].map((p) => p.split("=")[0]);
  }

  // What Gradio puts into the address stays there.
  function full(query) {
    const kept = [...new URLSearchParams(location.search)].filter(([name]) => !OWN(name));
    const all = [new URLSearchParams(kept).toString(), query].filter(Boolean).join("&");
    return all ? `?${all}` : location.pathname;
  }

  function tellParent(query) {
    if (window.parent === window) return;
    let origin = HUGGING_FACE;
    try {
      origin = new URL(document.referrer).origin;
    } catch {}
    window.parent.postMessage({ queryString: query, hash: "" }, origin);
  }

  function follow(query) {
    show(query);
    const now = location.search.slice(1);
    if (written(query) !== written(now)) {
      const changed = differences(now, query);
      const small = opening || changed.every((name) => SMALL.has(name));
      history[small ? "replaceState" : "pushState"](null, "", full(query));
      tellParent(query);
    }
  }

  // What is not the server's business: how the page is shown.
  function show(query) {
    const projector = new URLSearchParams(query).get("view") === "projector";
    seek(".gradio-container")?.classList.toggle("ss-projector", projector);
    seek('[data-act="projector"]')?.setAttribute("aria-pressed", String(projector));
    for (const columns of document.querySelectorAll(".ss-results .ss-columns")) page.join(columns);
  }

  page.query = location.search.slice(1);
  function changed(query, name, value) {
    const all = new URLSearchParams(params(query));
    if (value) all.set(name, value);
    else all.delete(name);
    return all.toString();
  }
  page.set = (name, value) => {
    page.query = changed(page.query, name, value);
    emit("ss-set", page.query);
    follow(page.query);
  };
  page.open = (name, value) => emit("ss-open", changed(location.search.slice(1), name, value));
  page.toggleProjector = () => page.set("view", seek(".ss-projector") ? "" : "projector");

  window.addEventListener("ss-address", (event) => {
    if (reopened !== null && written(event.detail) !== written(reopened)) {
      return void emit("ss-set", reopened);
    }
    if (chosen !== null && (new URLSearchParams(event.detail).get("tab") ?? "") !== chosen) {
      return void emit("ss-set", changed(event.detail, "tab", chosen));
    }
    if (event.detail !== page.query) seek(".ss-share")?.remove();
    page.query = event.detail;
    follow(event.detail);
  });
  window.addEventListener("popstate", () => {
    opening = true;
    reopened = params(location.search).length ? location.search.slice(1) : "";
    page.query = reopened;
    show(location.search);
    tellParent(location.search.slice(1));
    // Several steps in a row are one: only where they end is opened.
    clearTimeout(stepping);
    stepping = setTimeout(() => emit("ss-open", location.search), STEP_MS);
  });
  function turned(tab) {
    const name = tab?.dataset.tabId;
    if (!name) return;
    chosen = name === "search" ? "" : name;
    page.set("tab", chosen);
  }
  listen("click", (event) => turned(event.target.closest?.("button[role=tab]")));
  // What is chosen from the menu of a narrow screen has its name once Gradio has put it into the row.
  function inRow(label, frames) {
    const tab = [...document.querySelectorAll("button[role=tab]")].find((each) => each.textContent.trim() === label);
    if (tab) turned(tab);
    else if (frames) requestAnimationFrame(() => inRow(label, frames - 1));
  }
  const fromMenu = (event) => event.target.closest?.(".overflow-dropdown button")?.textContent.trim();
  listen("click", (event) => fromMenu(event) && inRow(fromMenu(event), 60), true);

  // Copying: at once where the browser lets us (a secure context); else the field is there, selected.
  page.link = (field) => field.value || location.origin + location.pathname + (field.dataset.address ? `?${field.dataset.address}` : "");
  page.shared = (panel) => {
    const field = panel.querySelector("input");
    if (!field.value) field.value = page.link(field);
    const said = panel.querySelector(".ss-copied");
    const select = () => {
      field.focus();
      field.select();
      said.textContent = "Selected: copy it with Ctrl+C.";
    };
    if (!navigator.clipboard?.writeText) return select();
    navigator.clipboard.writeText(field.value).then(() => (said.textContent = "Copied."), select);
  };
  show(location.search);
}
