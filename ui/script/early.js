// What is typed before the page is there, or before it knows what it opens with, is not lost.
{
  const box = () => seek("#query :is(textarea, input)");
  // Until the first answer, or until the visitor does anything but type.
  let opening = true;
  let typed = null;

  page.fill = (text) => {
    box().value = text;
    box().dispatchEvent(new Event("input", { bubbles: true }));
  };

  function over() {
    opening = false;
    typed = null;
  }
  listen("input", (event) => opening && event.target === box() && (typed = box().value), true);
  listen("keydown", (event) => event.key === "Enter" && over(), true);
  listen("click", (event) => event.isTrusted && over(), true);
  // The answer brings its own query into the box a moment later.
  window.addEventListener("ss-address", () => {
    const text = typed;
    over();
    if (text !== null) setTimeout(() => box().value !== text && page.fill(text), 50);
  });

  // From the field that was there before the framework: its text, where the caret was, and whether it was asked.
  page.takeOver = () => {
    const early = seek(".ss-first");
    const field = early?.querySelector("input");
    const form = field?.form;
    if (!field || !box()) return early?.remove();
    const text = field.value;
    const held = document.activeElement === field;
    const { selectionStart, selectionEnd } = field;
    if (text) page.fill(text);
    early.remove();
    if (held) {
      box().focus();
      // What the page opens with is replaced by the first key.
      if (text) box().setSelectionRange(selectionStart, selectionEnd);
      else box().select();
    }
    if ("asked" in form.dataset) page.open("q", text);
  };
}
