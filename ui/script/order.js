// What the server says is drawn in the order in which it was said. Gradio keeps a message of a call that the browser
// doesn't know yet, and draws it when the call's id arrives: an older answer could take the place of a newer one. So
// messages wait until every call that is on its way has its id.
{
  const plain = window.fetch;
  const aMoment = () => new Promise((over) => setTimeout(over, 5));
  let known = Promise.resolve();

  const whole = async (answer) => new Response(await answer.text(), answer);

  window.fetch = async (...sent) => {
    const address = String(sent[0]?.url ?? sent[0]);
    const answer = plain(...sent);
    if (address.includes("/queue/join")) {
      const read = answer.then(whole);
      // The moment is for Gradio, which reads the answer once more.
      known = Promise.allSettled([known, read]).then(aMoment);
      return read;
    }
    if (!address.includes("/queue/data")) return answer;
    const stream = await answer;
    const inOrder = new TransformStream({ transform: (message, next) => known.then(() => next.enqueue(message)) });
    return new Response(stream.body.pipeThrough(inOrder), stream);
  };
}
