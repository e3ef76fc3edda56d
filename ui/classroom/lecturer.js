// The lecturer's screen inside the page's tab. The secret of the room lives in this browser tab, so that it outlives a
// reload and stands in no address.
import { follow, post } from "./stream.js";

const KEPT = "class";
const PARTS = ["door", "counts", "acts", "stage", "form", "chart"];
const room = document.querySelector(".cl-room");
const idle = document.querySelector(".cl-idle");
const seek = (selector) => room.querySelector(selector);
const here = (path) => new URL(path, document.baseURI).href;
let stream = null;
let kept = null;

function say(selector, text) {
  const line = room.parentElement.querySelector(selector);
  if (line.textContent !== text) line.textContent = text;
}

// New markup in place of the old; what has the focus keeps it where there is the like of it.
function put(name, html) {
  const part = seek(`[data-part="${name}"]`);
  const held = part.contains(document.activeElement) ? document.activeElement : null;
  const open = [...part.querySelectorAll("details")].map((each) => each.open);
  const before = name === "form" ? [...part.querySelectorAll("input, select")] : [];
  const touched = before[0]?.form.dataset.touched;
  part.innerHTML = html;
  // What comes next may be prepared while a question is on.
  for (const { name: field, value } of html ? before : []) part.querySelector(`[name="${field}"]`).value = value;
  if (html && touched) part.querySelector("form").dataset.touched = touched;
  if (name !== "form") part.querySelectorAll("details").forEach((each, at) => at in open && (each.open = open[at]));
  if (held) rest(part, held);
  for (const field of part.querySelectorAll("input[data-path]")) field.value ||= here(field.dataset.path);
  for (const field of part.querySelectorAll("input[data-own]")) field.value = `${here(field.dataset.own)}#${kept.secret}`;
  for (const where of part.querySelectorAll(".cl-where:empty")) where.textContent = here(where.dataset.path).replace(/^https?:\/\//, "");
  if (name === "form") fill();
}

// The focus, after the markup that had it was replaced: on the like of it, or on what can be done now.
function rest(part, { name, dataset }) {
  const like = dataset.do ? `[data-do="${dataset.do}"]` : name && `input[name="${name}"], select[name="${name}"]`;
  ((like && part.querySelector(like)) || part.querySelector(".cl-acts [data-do]"))?.focus();
  if (document.activeElement === document.body) room.focus();
}

// The search that the page shows is what is asked, unless something was typed here.
function fill() {
  const form = seek('form[data-do="ask"]');
  const shown = new URLSearchParams(location.search);
  if (!form) return;
  suggest(form);
  if (form.dataset.touched) return;
  const { corpus, q } = form.elements;
  if (shown.get("corpus") && [...corpus.options].some((each) => each.value === shown.get("corpus"))) corpus.value = shown.get("corpus");
  q.value = shown.get("q") ?? "";
  suggest(form);
}

function suggest(form) {
  form.elements.q.setAttribute("list", `cl-q-${form.elements.corpus.value}`);
}

function enter(entered) {
  kept = entered;
  sessionStorage.setItem(KEPT, JSON.stringify(kept));
  idle.hidden = true;
  room.hidden = false;
  let cut = false;
  say(".cl-trouble", "");
  stream = follow(here(`class/${kept.code}/lead`), { "x-class-secret": kept.secret }, {
    heard(news) {
      // What an act was refused for stays, whoever joins or answers meanwhile.
      if (cut || news.elsewhere) say(".cl-trouble", news.elsewhere ?? "");
      cut = false;
      if ("said" in news) say(".cl-said", news.said);
      for (const name of PARTS) if (name in news) put(name, news[name]);
      if ("door" in news && !news.door) leave(news.said);
    },
    lost(why) {
      cut = true;
      say(".cl-trouble", why || "The connection is lost; this page tries again by itself.");
    },
    refused: (why, before) => leave(before ? "This class is over." : why),
  });
}

function leave(why) {
  stream?.stop();
  sessionStorage.removeItem(KEPT);
  room.hidden = true;
  idle.hidden = false;
  say(".cl-trouble", why);
  idle.querySelector("[data-start]").focus();
}

const secretOfOwn = () => ({ "x-own-secret": sessionStorage.getItem("own") ?? "" });

async function act(sent, pressed) {
  say(".cl-trouble", "");
  pressed?.setAttribute("aria-busy", "true");
  room.classList.add("cl-busy");
  const form = pressed?.closest("form");
  const { touched } = form?.dataset ?? {};
  delete form?.dataset.touched;
  try {
    await post(here(`class/${kept.code}/act`), sent, { "x-class-secret": kept.secret, ...secretOfOwn() });
    // Also where a question took the place of another one, so that the form is still the same.
    if (form) fold();
  } catch (error) {
    if (touched) form.dataset.touched = touched;
    say(".cl-trouble", error.status ? error.message : "The server can’t be reached; please try again.");
  }
  room.classList.remove("cl-busy");
  pressed?.removeAttribute("aria-busy");
}

function fold() {
  const form = seek(".cl-ask");
  const held = form.contains(document.activeElement);
  form.open = false;
  if (held) room.focus();
}

async function save(name) {
  const answer = await fetch(here(`class/${kept.code}/${name}`), { headers: { "x-class-secret": kept.secret } });
  if (!answer.ok) return say(".cl-trouble", (await answer.json()).error);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = `class-${kept.code}.zip`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

room.parentElement.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button || room.classList.contains("cl-busy")) return;
  if (button.matches("[data-start]")) {
    try {
      enter(await post(here("class"), {}));
      room.focus();
    } catch (error) {
      say(".cl-trouble", error.status ? error.message : "The server can’t be reached; please try again.");
    }
  } else if (button.dataset.do) act({ act: button.dataset.do, round: Number(button.dataset.round) }, button);
  else if (button.dataset.save) save(button.dataset.save);
});
room.addEventListener("submit", (event) => {
  event.preventDefault();
  if (room.classList.contains("cl-busy")) return;
  const pressed = event.submitter;
  act({ ...Object.fromEntries(new FormData(event.target)), act: pressed?.value ?? event.target.dataset.do }, pressed);
});
room.addEventListener("input", (event) => {
  const form = event.target.closest("form");
  if (form) form.dataset.touched = "1";
  if (event.target.name === "corpus") {
    // The query belongs to the corpus before.
    form.elements.q.value = "";
    suggest(form);
  }
});
window.addEventListener("ss-address", () => setTimeout(() => kept && fill()));
room.addEventListener("focusin", (event) => event.target.matches("input[readonly]") && event.target.select());

idle.querySelector("[data-start]").disabled = false;
try {
  const before = JSON.parse(sessionStorage.getItem(KEPT));
  if (before?.code && before?.secret) enter(before);
} catch {}
