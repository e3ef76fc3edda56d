// Whether the server still answers. When it doesn't, the page says so; when it does again, the view is reopened.
{
  const EVERY_MS = 5000;
  const PATIENCE_MS = 8000;
  const TYPED = "ss-typed";
  const LOST = "The server does not answer. As soon as it does, this page comes back by itself as it is now.";
  let first = null;
  let lost = false;

  const box = () => seek("#query :is(textarea, input)");

  async function serverId() {
    const { root = "", api_prefix: prefix = "" } = window.gradio_config ?? {};
    const answer = await fetch(`${root}${prefix}/app_id`, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!answer.ok) throw new Error(answer.status);
    return (await answer.json()).app_id;
  }

  function say(sentence) {
    const line = seek(".ss-lost");
    if (line && line.textContent !== sentence) line.textContent = sentence;
  }

  async function look() {
    if (document.visibilityState === "visible") {
      try {
        const id = await serverId();
        first ??= id;
        if (id !== first) return again();
        if (lost) emit("ss-open", location.search);
        lost = false;
        say("");
      } catch {
        lost = true;
        // Gradio says it too, where something was asked meanwhile.
        if (!seek(".toast-body")) say(LOST);
      }
    }
    setTimeout(look, EVERY_MS);
  }

  function again() {
    try {
      sessionStorage.setItem(TYPED, box()?.value ?? "");
    } catch {}
    location.reload();
  }
  // Gradio loads the page again by itself where it notices first.
  window.addEventListener("pagehide", () => {
    if (lost || seek(".toast-body")) sessionStorage.setItem(TYPED, box()?.value ?? "");
  });

  // What had been typed and not asked stands in the box again.
  page.retype = () => {
    let typed = null;
    try {
      typed = sessionStorage.getItem(TYPED);
      sessionStorage.removeItem(TYPED);
    } catch {}
    if (!typed || !box() || box().value === typed) return;
    page.fill(typed);
  };

  look();
}
