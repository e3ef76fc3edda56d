// Files to take home: a link that the browser would open by itself could not carry the secret of one's own corpus.
{
  const PNG_SCALE = 2;
  // What canvases of common browsers hold.
  const MOST_PIXELS = 16_000_000;
  page.secret = () => sessionStorage.getItem("own") ?? "";
  // What is shown elsewhere anyway is said for readers' ears alone.
  page.say = (text, shown = false) => {
    for (const line of document.querySelectorAll(".ss-own-said")) {
      line.textContent = text;
      line.classList.toggle("ss-hidden", shown);
    }
  };

  // The picture as the browser draws it.
  async function drawn(svg) {
    const picture = new Image();
    picture.src = URL.createObjectURL(svg);
    try {
      await picture.decode();
      const { naturalWidth: width, naturalHeight: height } = picture;
      const scale = Math.min(PNG_SCALE, Math.sqrt(MOST_PIXELS / (width * height)));
      const canvas = document.createElement("canvas");
      canvas.width = width * scale;
      canvas.height = height * scale;
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      return await new Promise((done) => canvas.toBlob(done, "image/png"));
    } finally {
      URL.revokeObjectURL(picture.src);
    }
  }

  page.save = async (address, name, sent) => {
    page.say("");
    try {
      const headers = { "x-own-secret": page.secret() };
      const answer = await fetch(address, sent ? { method: "POST", headers, body: sent } : { headers });
      if (!answer.ok) return page.say(await answer.text());
      const file = await answer.blob();
      const link = document.createElement("a");
      link.href = URL.createObjectURL(name.endsWith(".png") ? await drawn(file) : file);
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    } catch {
      page.say("The server can’t be reached; please try again in a moment.");
    }
  };

  listen("click", (event) => {
    const link = event.target.closest("a[data-save]");
    if (!link) return;
    event.preventDefault();
    page.save(link.getAttribute("href"), link.dataset.save, link.dataset.sent);
  });
}
