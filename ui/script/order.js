// What the server says is drawn in the order in which it was said. Gradio keeps a message of a call that the browser
// doesn't know yet, and draws it when the call's id arrives: an older answer could take the place of a newer one. So
// messages wait until every call that is on its way has its id.
//
// The server ends the stream when no call is left. It does not know of one that is on its way, and Gradio would wait on
// the ended stream for that one's answer for ever: where a call is left after all, the stream is asked for anew.
{
  const plain = window.fetch;
  const ID = /"event_id":"(\w+)"/;
  const over = (message) => message.startsWith('data: {"msg":"process_completed"');
  const last = (message) => message.startsWith('data: {"msg":"close_stream"');
  const aMoment = () => new Promise((passed) => setTimeout(passed, 5));
  const running = new Set();
  let known = Promise.resolve();

  async function begun(answer) {
    const text = await answer.text();
    const id = ID.exec(text)?.[1];
    if (id) running.add(id);
    return new Response(text, answer);
  }

  async function allKnown() {
    for (let seen; seen !== known; ) await (seen = known);
  }

  const reading = (answer) => answer.body.pipeThrough(new TextDecoderStream()).getReader();

  function inOrder(answer, again) {
    const encoder = new TextEncoder();
    let reader = reading(answer);
    let rest = "";

    async function pass(next) {
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        const messages = (rest + part.value).split("\n\n");
        rest = messages.pop();
        for (const message of messages) {
          await allKnown();
          if (over(message)) running.delete(ID.exec(message)?.[1]);
          if (last(message) && running.size) reader = reading(await again());
          else next.enqueue(encoder.encode(`${message}\n\n`));
        }
      }
      next.close();
    }

    return new ReadableStream({
      start: (next) => void pass(next).catch((error) => next.error(error)).finally(() => running.clear()),
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
