// One event stream, by fetch so that a header can carry a secret. It comes back by itself: after a break, and at once
// when a phone wakes up or is online again.
const SILENCE_MS = 25_000;
const WAITS_MS = [300, 1000, 2000, 4000];

export function follow(url, headers, { heard, lost, refused }) {
  let current = null;
  let failed = 0;
  let over = false;
  let last = 0;
  let heardOnce = false;

  async function run() {
    const mine = (current = new AbortController());
    try {
      const answer = await fetch(url, { headers, signal: mine.signal, cache: "no-store" });
      if (!answer.ok) {
        const said = await answer.json().catch(() => ({}));
        // There may be room later, or another process; but a class that was there and is not any more is over.
        const passes = answer.status === 429 ? !heardOnce : answer.status >= 500;
        if (passes) throw Object.assign(new Error(), { said: said.error });
        over = true;
        return refused(said.error ?? "", heardOnce);
      }
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        last = Date.now();
        failed = 0;
        text += value;
        const events = text.split("\n\n");
        text = events.pop();
        for (const event of events) {
          if (!event.startsWith("data: ")) continue;
          const news = JSON.parse(event.slice(6));
          heardOnce = true;
          over ||= Boolean(news.over || news.elsewhere);
          heard(news);
        }
      }
    } catch (error) {
      if (mine !== current || over) return;
      lost(error.said ?? "");
    }
    if (mine === current && !over) setTimeout(() => mine === current && run(), WAITS_MS[Math.min(failed++, WAITS_MS.length - 1)]);
  }

  function again() {
    if (over) return;
    current?.abort();
    run();
  }
  const isSilent = () => Date.now() - last > SILENCE_MS;
  setInterval(() => last && isSilent() && document.visibilityState === "visible" && ((last = Date.now()), again()), 2_000);
  let hidden = 0;
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") hidden = Date.now();
    else if (Date.now() - hidden > 5_000) again();
  });
  for (const name of ["online", "pageshow"]) window.addEventListener(name, (event) => (name === "online" || event.persisted) && again());
  run();
  return { again, stop: () => ((over = true), current?.abort()) };
}

export async function post(url, sent, headers = {}) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", "x-class": "1", ...headers },
    body: JSON.stringify(sent),
  });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(said.error || "The server does not answer; please try again."), { status: answer.status });
  return said;
}
