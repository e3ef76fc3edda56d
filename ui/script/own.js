// A corpus of one's own: what is pasted, chosen or dropped goes to the server, and this tab keeps the secret for it.
{
  const MOST_BYTES = 5_000_000;
  const secret = page.secret;
  const say = page.say;

  // Bubbles up to the part of the page that tells the server.
  function tell(name, detail) {
    seek("#own-preview .prose")?.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }

  // The part that holds the secret may not have it yet, and the page may be busy: told until it is seen.
  function show(given, looks = 100) {
    if (seek(`[data-given="${given}"]`)) return;
    if (looks % 10 === 0) tell("ss-own", { act: "given" });
    if (looks) setTimeout(show, 100, given, looks - 1);
  }

  async function give(body, name) {
    if (!body.size) return say("There is nothing in it; please paste some lines, or choose another file.");
    if (body.size > MOST_BYTES) return say(`It has ${body.size.toLocaleString("en")} bytes, and at most 5,000,000 are read.`);
    say(`Reading ${name} …`);
    try {
      const headers = { "x-own-secret": secret(), "x-file-name": encodeURIComponent(name) };
      const answer = await fetch("own", { method: "POST", headers, body });
      const said = await answer.json();
      if (!answer.ok) return say(said.error);
      sessionStorage.setItem("own", said.secret);
      emit("ss-own-secret", said.secret);
      say(said.said, true);
      requestAnimationFrame(() => show(said.given));
    } catch {
      say("The server can’t be reached; please try again in a moment.");
    }
  }

  listen("click", (event) => {
    const button = event.target.closest("button[data-own]");
    if (button) {
      const act = button.dataset.own;
      if (act === "read") give(new Blob([seek("#own-lines").value]), "pasted lines.txt");
      else if (act === "download") page.save("own/corpus.zip", "own-corpus.zip");
      else {
        tell(["use", "delete"].includes(act) ? "ss-own-asks" : "ss-own", { act });
        // What is pressed goes away; what comes next is a query.
        if (act === "use") seek("#query input, #query textarea")?.focus();
      }
    }
  });
  listen("change", (event) => {
    const { target } = event;
    if (target.matches(".ss-own-file") && target.files[0]) {
      give(target.files[0], target.files[0].name);
      target.value = "";
    } else if (target.matches("#own-preview [data-own]")) {
      say("");
      const value = target.type === "checkbox" ? String(Number(target.checked)) : target.value;
      tell("ss-own", { act: target.dataset.own, value });
    }
  });
  for (const name of ["dragover", "drop"]) {
    listen(name, (event) => {
      if (!event.target.closest?.("#own") || !event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      const [file] = event.dataTransfer.files;
      if (name === "drop" && file) give(file, file.name);
    });
  }
}
