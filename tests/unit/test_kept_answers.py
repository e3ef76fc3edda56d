"""What is the same for everybody is made once; what is not goes through each time."""

from __future__ import annotations

from typing import Any

import anyio
import pytest
from starlette.types import Message, Receive, Scope, Send

from ui import kept_answers
from ui.kept_answers import FOR_EVER, KeptAnswers


class App:
    """Answers each request with its number, in two pieces."""

    def __init__(self, status: int = 200) -> None:
        self.asked = 0
        self.status = status

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += 1
        await send({"type": "http.response.start", "status": self.status, "headers": [(b"etag", b"1")]})
        await send({"type": "http.response.body", "body": b"answer ", "more_body": True})
        await send({"type": "http.response.body", "body": str(self.asked).encode()})


def asked(
    app: KeptAnswers, path: str, query: str = "", method: str = "GET", **headers: str
) -> tuple[bytes, dict[bytes, bytes]]:
    """Body and headers of an answer; header names are written with underscores."""
    sent: list[Message] = []

    async def main() -> None:
        raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope: dict[str, Any] = {"type": "http", "method": method, "path": path, "headers": raw}

        async def send(message: Message) -> None:
            sent.append(message)

        async def receive() -> Message:
            raise AssertionError("nobody reads")

        await app({**scope, "query_string": query.encode()}, receive, send)

    anyio.run(main)
    body = b"".join(message.get("body", b"") for message in sent)
    return body, dict(sent[0]["headers"])


@pytest.mark.parametrize("path", ["/", "/config", "/theme.css", "/assets/index-abc.js", "/static/img/logo.svg"])
def test_what_is_the_same_for_everybody_is_made_once_for_each_encoding(path: str) -> None:
    app = KeptAnswers(App())
    assert asked(app, path, "q=one")[0] == b"answer 1"
    body, headers = asked(app, path, "q=two")
    assert (body, headers[b"content-length"], headers[b"etag"]) == (b"answer 1", b"8", b"1")
    assert asked(app, path, accept_encoding="gzip, br")[0] == b"answer 2"
    assert asked(app, path, accept_encoding="br")[0] == b"answer 2"
    assert asked(app, path, accept_encoding="gzip")[0] == b"answer 3"


@pytest.mark.parametrize(
    ("path", "asks"),
    [
        ("/gradio_api/app_id", {}),
        ("/own", {}),
        ("/configuration", {}),
        ("/", {"method": "HEAD"}),
        ("/", {"query": "deep_link=abc"}),
        ("/", {"query": "q=" + "x" * kept_answers.MOST_QUERY_BYTES}),
        ("/assets/a.js", {"range": "bytes=0-3"}),
        ("/assets/a.js", {"if_none_match": '"1"'}),
        ("/assets/a.js", {"if_modified_since": "yesterday"}),
    ],
)
def test_what_may_differ_is_asked_for_each_time(path: str, asks: dict[str, str]) -> None:
    app = KeptAnswers(App())
    asked(app, path)
    assert [asked(app, path, **asks)[0] for _ in range(2)] == [b"answer 2", b"answer 3"]


def test_a_refusal_is_not_kept_and_no_more_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    refusing = KeptAnswers(App(404))
    asked(refusing, "/assets/none.js")
    assert asked(refusing, "/assets/none.js")[0] == b"answer 2"
    monkeypatch.setattr(kept_answers, "MOST_BYTES", 20)
    app = KeptAnswers(App())
    for name in "abc":
        asked(app, f"/assets/{name}.js")
    assert [asked(app, f"/assets/{name}.js")[0] for name in "abc"] == [b"answer 1", b"answer 2", b"answer 4"]


def test_what_is_named_by_its_content_is_never_asked_for_again() -> None:
    app = KeptAnswers(App())
    for _ in range(2):
        assert asked(app, "/assets/index-abc.js")[1][b"cache-control"] == FOR_EVER.encode()
        assert b"cache-control" not in asked(app, "/")[1]
    assert b"cache-control" not in asked(KeptAnswers(App(404)), "/assets/none.js")[1]
