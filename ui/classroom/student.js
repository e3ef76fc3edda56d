// A student's phone: shows what comes, and sends what is tapped at once.
import { follow, post } from "./stream.js";

const base = location.pathname.replace(/\/$/, "");
const seek = (selector) => document.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];
const PLACES = ["1st", "2nd", "3rd", "4th", "5th"];
const LOST = "The connection is lost. Your phone tries again by itself.";
let chosen = [];
let sending = false;
let wanted = null;

function say(selector, text) {
  const line = seek(selector);
  if (line && line.textContent !== text) line.textContent = text;
}

function put(html) {
  const screen = seek(".cl-screen");
  const first = screen.dataset.shown !== undefined;
  screen.dataset.shown = "";
  screen.innerHTML = html;
  chosen = [];
  wanted = null;
  scrollTo(0, 0);
  // A reader's place is at the question, not where the page began.
  if (first && document.activeElement === document.body) seek(".cl-asked h2")?.focus({ preventScroll: true });
}

// The order as it is, on each option.
function mark() {
  const single = Number(seek("[data-picks]")?.dataset.picks) === 1;
  for (const item of all("[data-key]")) {
    const at = chosen.indexOf(item.dataset.key);
    item.querySelector("button").setAttribute("aria-pressed", String(at >= 0));
    item.querySelector(".cl-place").textContent = at < 0 ? "" : single ? "✓" : String(at + 1);
    item.querySelector(".cl-place-said").textContent = at < 0 || single ? "" : `, ${PLACES[at]}`;
  }
}

const answer = ({ dataset: { round, vote } }) => ({ round: Number(round), vote: Number(vote), answer: [...chosen] });

// One after the other, so that the last one counts.
async function send(what) {
  wanted = what;
  if (sending) return;
  sending = true;
  while (wanted) {
    const now = wanted;
    wanted = null;
    try {
      await post(`${base}/answer`, now);
      say(".cl-sent", now.more ? "" : "grade" in now ? "Your grade is in." : "Your answer is in. You can change it until the question closes.");
    } catch (error) {
      say(".cl-sent", error.status ? error.message : LOST);
      if (!error.status && !wanted) {
        wanted = now;
        await new Promise((done) => setTimeout(done, 1000));
      }
    }
  }
  sending = false;
}

document.addEventListener("click", (event) => {
  const option = event.target.closest(".cl-option");
  const grade = event.target.closest("[data-grade]");
  if (option) {
    const list = option.closest("[data-picks]");
    const { key } = option.closest("[data-key]").dataset;
    const picks = Number(list.dataset.picks);
    if (picks === 1) chosen = [key];
    else if (chosen.includes(key)) chosen = chosen.filter((each) => each !== key);
    else if (chosen.length < picks) chosen.push(key);
    else return say(".cl-sent", `You have named ${picks}; tap one of them again to take it back.`);
    // What was offered to keep has been changed.
    seek(".cl-keep")?.remove();
    mark();
    if (chosen.length) send(answer(list));
    else say(".cl-sent", "Name at least one: what you sent before counts.");
  } else if (grade) {
    const card = grade.closest("[data-doc]");
    for (const each of card.querySelectorAll("[data-grade]")) each.setAttribute("aria-pressed", String(each === grade));
    grading.set(card.dataset.doc, {
      round: Number(card.parentElement.dataset.round),
      doc: card.dataset.doc,
      grade: Number(grade.dataset.grade),
    });
    sendGrades();
  } else if (event.target.closest("[data-keep]")) {
    mark();
    send(answer(seek("[data-picks]")));
    event.target.closest("p").remove();
  } else if (event.target.closest("[data-more]")) {
    send({ round: Number(seek(".cl-cards").dataset.round), more: true });
  }
});

// Grades of several documents may be on their way: each goes in its turn.
const grading = new Map();
let gradingNow = false;
async function sendGrades() {
  if (gradingNow) return;
  gradingNow = true;
  while (grading.size) {
    const [[doc, given]] = grading;
    grading.delete(doc);
    try {
      await post(`${base}/answer`, given);
      if (!mineNow.done) say(".cl-sent", `Grade ${given.grade} is in.`);
    } catch (error) {
      say(".cl-sent", error.status ? error.message : LOST);
      if (!error.status) {
        if (!grading.has(doc)) grading.set(doc, given);
        await new Promise((done) => setTimeout(done, 1000));
      }
    }
  }
  gradingNow = false;
}

function deal(mine) {
  const list = seek(".cl-cards");
  if (!list || !mine.cards) return;
  for (const [doc, html] of mine.cards) {
    if (list.querySelector(`[data-doc="${CSS.escape(doc)}"]`)) continue;
    const card = document.createElement("li");
    card.dataset.doc = doc;
    card.innerHTML = html;
    const later = list.children.length > 0;
    list.append(card);
    if (later) {
      const smooth = !matchMedia("(prefers-reduced-motion: reduce)").matches;
      card.scrollIntoView({ block: "start", behavior: smooth ? "smooth" : "auto" });
      card.querySelector("h3").focus({ preventScroll: true });
    }
  }
  for (const card of list.children) {
    const grade = grading.get(card.dataset.doc)?.grade ?? mine.grades[card.dataset.doc];
    card.classList.toggle("cl-done", grade !== undefined);
    for (const each of card.querySelectorAll("[data-grade]")) {
      each.setAttribute("aria-pressed", String(Number(each.dataset.grade) === grade));
    }
  }
  seek("[data-more]").hidden = !mine.done || mine.all;
  if (mine.done) say(".cl-sent", mine.all ? "You have judged every document. Thank you." : "Your share is done. Thank you.");
}

// What the server knows of this browser's answer: after a reload, or from another window of it.
function take(mine) {
  deal(mine);
  const list = seek("[data-picks]");
  if (list && !sending) {
    const keep = list.parentElement.querySelector(".cl-keep");
    if (mine.answer?.length) {
      chosen = [...mine.answer];
      keep?.remove();
      say(".cl-sent", "Your answer is in. You can change it until the question closes.");
    } else if (mine.before?.length && !chosen.length) {
      chosen = [...mine.before];
      if (!keep) list.insertAdjacentHTML("beforebegin", '<p class="cl-keep"><button type="button" class="cl-button cl-primary" data-keep>Keep my answer</button></p>');
    }
    mark();
  }
  const yours = seek(".cl-yours");
  if (yours) yours.innerHTML = mine.yours ?? "";
  say(".cl-tally", mine.tally ?? "");
}

let mineNow = {};
let shown = null;
let said = "";
follow(`${base}/follow`, {}, {
  heard(news) {
    say(".cl-trouble", news.elsewhere ?? "");
    // A stream that came back says all again: what is there already stays, with an answer that is still on its way.
    if ("screen" in news && news.screen !== shown) put((shown = news.screen));
    if ("away" in news) say(".cl-away", news.away);
    if ("screen" in news || "mine" in news) take((mineNow = news.mine ?? mineNow));
    if ("screen" in news || "said" in news) said = news.said ?? said;
    if ("screen" in news) say(".cl-said", `${said} ${seek(".cl-yours")?.textContent ?? ""}`);
  },
  lost(why) {
    say(".cl-trouble", why || LOST);
  },
  refused(why, before) {
    const over = "This class is over.";
    say(".cl-trouble", "");
    put("");
    seek(".cl-screen").append(Object.assign(document.createElement("p"), { className: "cl-lead", textContent: before ? over : why || over }));
  },
});
