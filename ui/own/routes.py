"""The way of files in and out: two routes of our own, in memory, bound to the visitor's secret.

A header carries the secret, so that it stands in no address and no log, and no other site's page can send it.
"""

from __future__ import annotations

from urllib.parse import unquote

import anyio
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from searchcore.corpora import MAX_UPLOAD_BYTES, to_archive
from searchcore.errors import Busy, SearchError
from ui.errors import sentence_for
from ui.own.corpora import ABSENT, OwnCorpora
from ui.own.draft import drafted
from ui.own.preview import summary

SECRET_HEADER = "x-own-secret"  # noqa: S105
NAME_HEADER = "x-file-name"
MAX_NAME = 300
# Reading a large file takes a second of a core: so many at once.
AT_ONCE = 2


def upload_route(own: OwnCorpora) -> Route:
    """POST own: a file as the body, its name in a header. Answers with the secret, or a sentence."""
    room = anyio.Semaphore(AT_ONCE)

    async def take(request: Request) -> Response:
        if SECRET_HEADER not in request.headers:
            return _refused(403, "A file is taken from this page alone.")
        name = unquote(request.headers.get(NAME_HEADER, ""))[:MAX_NAME]
        body = await _body(request)
        if body is None:
            return _refused(413, f"A file may have at most {MAX_UPLOAD_BYTES:,} bytes; please give a smaller one.")
        try:
            async with room:
                draft = await anyio.to_thread.run_sync(drafted, name, body)
            kept = own.give(request.headers[SECRET_HEADER], draft)
        except Busy as error:
            return _refused(503, str(error))
        except Exception as error:
            return _refused(422 if isinstance(error, SearchError) else 500, sentence_for(error))
        return JSONResponse({"secret": kept.secret, "said": summary(draft), "given": draft.token})

    return Route("/own", take, methods=["POST"])


def archive_route(own: OwnCorpora) -> Route:
    """GET own/corpus.zip: the visitor's own corpus in BEIR layout."""

    async def give(request: Request) -> Response:
        found = own.of(request.headers.get(SECRET_HEADER, ""))
        if found is None or found.corpus is None:
            return PlainTextResponse(ABSENT, 404)
        data = await anyio.to_thread.run_sync(to_archive, found.corpus)
        return attachment("own-corpus.zip", data, "application/zip")

    return Route("/own/corpus.zip", give)


def attachment(name: str, data: bytes, kind: str) -> Response:
    """An answer that a browser saves, and that nothing on the way keeps."""
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(data, media_type=kind, headers=headers)


async def _body(request: Request) -> bytes | None:
    """The body, or None where it is longer than a file may be."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_UPLOAD_BYTES:
            return None
    return bytes(body)


def _refused(status: int, sentence: str) -> Response:
    return JSONResponse({"error": sentence}, status)
