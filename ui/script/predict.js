// Predict first: the visitor's order, made in the browser and sent with the reveal; and this browser's tally.
{
  const MOST = 5;
  const TALLY = "ss-tally";
  const list = () => page.seen(".ss-guess");
  const items = () => [...(list()?.children ?? [])];
  const places = ["first", "second", "third", "fourth", "fifth"];
  const say = (text) => (page.seen(".ss-cover .ss-guess-said").textContent = text);
  const placed = (item) => say(`${item.dataset.name} is ${places[items().indexOf(item)]} of ${items().length}.`);

  function button(act, label, name) {
    const made = document.createElement("button");
    Object.assign(made, { type: "button", textContent: label });
    made.dataset.move = act;
    made.setAttribute("aria-label", `${act}: ${name}`);
    return made;
  }

  function add(doc, name) {
    if (items().some((item) => item.dataset.guessed === doc)) return say(`${name} is in your order already.`);
    if (items().length >= MOST) return say(`Your order has ${MOST} documents; take one out first.`);
    const item = document.createElement("li");
    Object.assign(item, { textContent: name, tabIndex: 0 });
    Object.assign(item.dataset, { guessed: doc, name });
    item.append(button("Take out", "✕", name), button("Down", "↓", name), button("Up", "↑", name));
    list().append(item);
    placed(item);
  }

  function move(item, act) {
    const beside = act === "Up" ? item.previousElementSibling : item.nextElementSibling;
    if (act === "Take out") {
      (beside ?? item.previousElementSibling)?.focus();
      item.remove();
      return say(`${item.dataset.name} is taken out.`);
    }
    if (beside) act === "Up" ? beside.before(item) : beside.after(item);
    placed(item);
  }

  function reveal() {
    const guess = items().map((item) => item.dataset.guessed);
    if (!guess.length) return say("Add at least one document first.");
    page.send(list(), "reveal", { value: JSON.stringify(guess) });
  }

  listen("click", (event) => {
    const pressed = event.target.closest?.(".ss-results button");
    if (pressed?.matches(".ss-pick")) add(pressed.closest("[data-doc]").dataset.doc, pressed.dataset.name);
    else if (pressed?.dataset.move) move(pressed.closest("li"), pressed.dataset.move);
    else if (pressed?.matches(".ss-reveal")) reveal();
    else if (pressed?.dataset.answer) page.send(pressed, "reveal", { value: JSON.stringify([pressed.dataset.answer]) });
    else if (event.target.closest?.(".ss-forget")) {
      localStorage.removeItem(TALLY);
      event.target.closest(".ss-tally").textContent = "Your tally is forgotten.";
    }
  });
  listen("keydown", (event) => {
    const item = event.target;
    if (!item.matches?.(".ss-guess li")) return;
    const act = { ArrowUp: "Up", ArrowDown: "Down", Delete: "Take out", Enter: "Reveal" }[event.key];
    if (!act) return;
    event.preventDefault();
    if (act === "Reveal") return reveal();
    move(item, act);
    if (item.isConnected) item.focus();
  });

  // By mouse, pen and finger alike.
  let dragged = null;
  listen("pointerdown", (event) => {
    if (event.button || event.target.closest("button")) return;
    dragged = event.target.closest(".ss-guess li");
  });
  function drop() {
    if (dragged?.isConnected) placed(dragged);
    dragged = null;
  }
  listen("pointermove", (event) => {
    if (!dragged || !event.buttons) return drop();  // let go outside the window
    const middle = (item) => item.getBoundingClientRect().top + item.offsetHeight / 2;
    const { previousElementSibling: above, nextElementSibling: below } = dragged;
    if (above && event.clientY < middle(above)) above.before(dragged);
    else if (below && event.clientY > middle(below)) below.after(dragged);
  });
  listen("pointerup", drop);
  listen("pointercancel", drop);

  // Each question counts once, however often its link is opened.
  function count(place) {
    const { question, yours, theirs } = place.dataset;
    let all = {};
    try {
      all = JSON.parse(localStorage.getItem(TALLY)) ?? {};
      all[question] ??= [Number(yours), Number(theirs)];
      localStorage.setItem(TALLY, JSON.stringify(all));
    } catch {}
    const made = Object.values(all);
    const ahead = made.filter(([mine, other]) => mine >= other).length;
    place.textContent = ` Your tally in this browser: ${made.length} predicted, ${ahead} right or no worse than the ranking you saw. `;
    const forget = document.createElement("button");
    Object.assign(forget, { type: "button", textContent: "Forget", className: "ss-link ss-forget" });
    place.append(forget);
  }

  // What a link has put into the order, and what is to be counted.
  page.predicted = () => {
    const order = list();
    if (order?.dataset.guess && !order.children.length) {
      for (const doc of JSON.parse(order.dataset.guess)) {
        const name = seek(`.ss-hit[data-doc="${CSS.escape(doc)}"] .ss-pick`)?.dataset.name;
        if (name) add(doc, name);
      }
      order.dataset.guess = "";
    }
    const place = seek(".ss-tally:empty");
    if (place) count(place);
  };
  new MutationObserver(() => page.predicted()).observe(document.body, { childList: true, subtree: true });
}
