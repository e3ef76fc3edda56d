// The lesson: a step is turned to, a question answered, a view opened by itself; and the questions at the end counted.
{
  const tell = (element, act, value) =>
    element.dispatchEvent(new CustomEvent("ss-lesson", { bubbles: true, detail: { act, value } }));

  listen("click", (event) => {
    // A link may be opened beside the page, too.
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const part = event.target.closest?.("[data-step], [data-option], [data-open]");
    if (!part) return;
    event.preventDefault();
    const { step, option, open } = part.dataset;
    if (open !== undefined) return void emit("ss-open", open);
    page.focusWhenSeen = step ? `[data-at="${step}"] h2` : ".ss-notice h3";
    tell(part, step ? "step" : "answer", step ?? option);
  });

  listen("change", (event) => {
    const quiz = event.target.closest?.(".ss-quiz");
    if (!quiz) return;
    const count = (selector) => quiz.querySelectorAll(selector).length;
    const why = event.target.closest("fieldset").querySelector(".ss-why").innerText;
    const said = quiz.querySelectorAll(".ss-quiz-said span");
    said[0].textContent = why;
    said[1].textContent = `${count("[data-right]:checked")} right of ${count(":checked")} answered, of ${count("fieldset")}.`;
  });

  // Where one is on the rail is to be seen on a narrow screen, too.
  let seen = null;
  page.turned = () => {
    const current = page.seen(".ss-rail [aria-current]");
    if (!current || current.dataset.step === seen) return;
    seen = current.dataset.step;
    const rail = current.closest("ol");
    rail.scrollLeft = current.offsetLeft - (rail.clientWidth - current.offsetWidth) / 2;
  };
}
