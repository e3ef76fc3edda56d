// What the server says is drawn in the order in which it was said. Gradio keeps a message of a call that the browser
// doesn't know yet, and draws it when the call's id arrives: an older answer could take the place of a newer one. So
// messages wait until every call that is on its way has its id.
//
// The server ends the stream when no call is left. It does not know of one that is on its way, and Gradio would wait on
// the ended stream for that one's answer for ever: where a call is left after all, the stream is asked for anew.
{
  const plain = window.fetch;
  const aMoment = () => new Promise((passed) => setTimeout(passed, 5));
  const says = (message, what) => message.startsWith(`data: {"msg":"${what}"`);
  let known = Promise.resolve();
  let running = 0;

  async function begun(answer) {
    if (answer.ok) running += 1;
    return new Response(await answer.text(), answer);
  }

  async function allKnown() {
    for (let seen; seen !== known; ) await (seen = known);
  }

  const reading = (answer) => answer.body.pipeThrough(new TextDecoderStream()).getReader();

  function inOrder(answer, again) {
    const encoder = new TextEncoder();
    let reader = reading(answer);

    async function pass(next) {
      let rest = "";
      for (let part; !(part = await reader.read()).done; ) {
        const messages = (rest + part.value).split("\n\n");
        rest = messages.pop();
        for (const message of messages) {
          await allKnown();
          if (says(message, "process_completed")) running -= 1;
          if (says(message, "close_stream") && running > 0) reader = reading(await again());
          else next.enqueue(encoder.encode(`${message}\n\n`));
        }
      }
      next.close();
    }

    return new ReadableStream({
      start: (next) => void pass(next).catch((error) => next.error(error)).finally(() => (running = 0)),
      cancel: (reason) => reader.cancel(reason),
    });
  }

  window.fetch = async (...sent) => {
    const address = String(sent[0]?.url ?? sent[0]);
    const answer = plain(...sent);
    if (address.includes("/queue/join")) {
      const read = answer.then(begun);
      // The moment is for Gradio, which reads the answer once more.
      known = Promise.allSettled([known, read]).then(aMoment);
      return read;
    }
    if (!address.includes("/queue/data")) return answer;
    const stream = await answer;
    return stream.ok ? new Response(inOrder(stream, () => plain(...sent)), stream) : stream;
  };
}
