"""The way into and out of rooms: pages, one event stream for each screen, and one POST for whatever is done.

Nothing of it goes through Gradio's queue. Who is who is said by a cookie (a student's seat) or a header (the
lecturer's secret), and neither stands in an address or a log.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

import anyio
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from searchcore.errors import Busy, CorpusError, InvalidInput, SearchError, UnknownName
from ui.classroom import lecturer, pages, phone, scores, stream
from ui.classroom.archive import NothingJudged, class_archive
from ui.classroom.codes import read_code
from ui.classroom.desk import Acts
from ui.classroom.lecturer import Desk
from ui.classroom.room import NO_SEAT, ROOM_SECONDS, Full, NotIn, Room, Screen, TooLate, TooOften
from ui.classroom.rooms import NO_CODE, NoSuchRoom, Over, Rooms
from ui.errors import sentence_for
from ui.own.corpora import OwnCorpora
from ui.own.routes import SECRET_HEADER as OWN_HEADER
from ui.own.routes import attachment

SECRET_HEADER = "x-class-secret"  # noqa: S105
# A page of another site can't send it, so that none can start, lead or answer in a visitor's name.
ASKED_HEADER = "x-class"
COOKIE = "searchcore_seat"
KEY_COOKIE = "searchcore_class"
SEAT_BYTES = 16
MOST_TYPED = 24
MOST_BODY_BYTES = 16_000
# The lecturer's count changes with every answer: it is drawn so often. A student's screen changes at once.
LECTURER_PAUSE = 0.25
STUDENT_PAUSE = 0.05
NOT_YOURS = "Only the lecturer’s own link controls this class."
FROM_HERE = "This is done from the page of this class alone."
NO_FILE = "There is no such file."
_WORD = re.compile(r"[\w-]{10,64}", re.ASCII)


class Refused(SearchError):
    """Who asks may not."""


STATUS: Mapping[type[Exception], int] = {
    InvalidInput: 422,
    # A corpus of one's own that is gone, or one that can't be read.
    UnknownName: 422,
    CorpusError: 422,
    NoSuchRoom: 404,
    NothingJudged: 404,
    Over: 410,
    TooLate: 409,
    NotIn: 403,
    Refused: 403,
    TooOften: 429,
    Full: 503,
    Busy: 503,
    SearchError: 503,
}


def class_routes(rooms: Rooms, desk: Desk, acts: Acts, own: OwnCorpora) -> tuple[Route, ...]:
    """All of them, the more special first."""
    routes = _Routes(rooms, desk, acts, own)
    return (
        Route("/class", routes.start, methods=["POST"]),
        Route("/class", routes.door),
        Route("/class/join", routes.join),
        Route("/class/files/{file}", routes.file),
        Route("/class/{code}", routes.page),
        Route("/class/{code}/follow", routes.follow),
        Route("/class/{code}/answer", routes.answer, methods=["POST"]),
        Route("/class/{code}/lecturer", routes.lecturer_door),
        Route("/class/{code}/lead", routes.lead),
        Route("/class/{code}/act", routes.act, methods=["POST"]),
        Route("/class/{code}/judgements.zip", routes.judgements),
    )


def _saying(handler: Callable[[Any, Request], Awaitable[Response]]) -> Callable[[Any, Request], Awaitable[Response]]:
    """A handler whose errors are answered with a sentence."""

    async def handle(self: Any, request: Request) -> Response:
        try:
            return await handler(self, request)
        except ClientDisconnect:  # nobody is there to read a sentence, and nothing went wrong here
            raise
        except Exception as error:
            status = next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)
            return JSONResponse({"error": sentence_for(error)}, status, {"cache-control": "no-store"})

    return handle


class _Routes:
    """The handlers."""

    def __init__(self, rooms: Rooms, desk: Desk, acts: Acts, own: OwnCorpora) -> None:
        self._rooms = rooms
        self._desk = desk
        self._acts = acts
        self._own = own
        self._files = pages.files()
        self._loading: asyncio.Future[None] | None = None
        # What all students see alike is drawn once for each version of a room, and so is the lecturer's screen.
        self._drawn: WeakKeyDictionary[Room, tuple[int, dict[str, Any]]] = WeakKeyDictionary()
        self._led_drawn: WeakKeyDictionary[Room, tuple[int, dict[str, str]]] = WeakKeyDictionary()

    async def file(self, request: Request) -> Response:
        """A script or sheet of the class's pages."""
        found = self._files.get(request.path_params["file"])
        if found is None:
            return PlainTextResponse(NO_FILE, 404)
        return Response(found[0], media_type=found[1], headers={"cache-control": "no-cache"})

    # Students

    async def door(self, request: Request) -> Response:
        """GET class: where a code is typed."""
        return HTMLResponse(pages.join_page("class/"))

    async def join(self, request: Request) -> Response:
        """GET class/join?code=: on to the room."""
        typed = request.query_params.get("code", "")
        if code := read_code(typed):
            return RedirectResponse(code, 303)
        return HTMLResponse(pages.join_page("", typed[:MOST_TYPED], NO_CODE), 404)

    async def page(self, request: Request) -> Response:
        """GET class/CODE: a student's page, and a seat for the browser."""
        typed = request.path_params["code"]
        code = read_code(typed)
        if code and typed != code:
            # So it is written in every address, and leads to the room's process where there are several.
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(f"{code}{query}", 303)
        try:
            room = self._room(request)
        except (Over, NoSuchRoom, TooOften) as error:
            again = pages.join_page("", typed[:MOST_TYPED], str(error))
            return HTMLResponse(again, STATUS[type(error)], {"cache-control": "no-store"})
        page = HTMLResponse(pages.student_page(room.code), headers={"cache-control": "no-store"})
        self._keep(page, room, _word(request) or secrets.token_urlsafe(SEAT_BYTES), request)
        return page

    @_saying
    async def follow(self, request: Request) -> Response:
        """GET class/CODE/follow: the event stream of a student's screen."""
        room = self._room(request)
        word = _word(request)
        if not word:
            raise NotIn(NO_SEAT)
        if request.method == "HEAD":  # asks for no stream, so that nobody has come
            return stream.unopened()
        screen = room.enter(word)
        return self._streamed(room, screen, lambda: self._shown(room, word), STUDENT_PAUSE)

    def _streamed(self, room: Room, screen: Screen, drawn: Callable[[], Mapping[str, Any]], pause: float) -> Response:
        return stream.Streamed(stream.news(screen, room, drawn, pause), lambda: room.leave(screen))

    def _shown(self, room: Room, word: str) -> Mapping[str, Any]:
        version, drawn = self._drawn.get(room, (-1, {}))
        if version != room.version:
            drawn = phone.shared(room, self._desk.titles)
            self._drawn[room] = room.version, drawn
        return drawn | {"mine": phone.own(room, room.seats[word])}

    @_saying
    async def answer(self, request: Request) -> Response:
        """POST class/CODE/answer: an answer, a grade, or the wish for another document to judge."""
        room, sent = self._room(request), await _sent(request)
        word, number = _word(request), sent.get("round")
        if "grade" in sent:
            room.grade(word, number, sent.get("doc"), sent["grade"])
        elif "more" in sent:
            room.more(word, number)
        else:
            room.answer(word, number, sent.get("answer"), sent.get("vote", 1))
        return JSONResponse({"counted": True})

    # Lecturers

    @_saying
    async def start(self, request: Request) -> Response:
        """POST class: a new room, and the secret that controls it."""
        await _sent(request)
        room = self._rooms.start(_host(request))
        if self._loading is None:
            self._loading = asyncio.ensure_future(anyio.to_thread.run_sync(scores.load))
        return JSONResponse({"code": room.code, "secret": room.secret}, headers={"cache-control": "no-store"})

    async def lecturer_door(self, request: Request) -> Response:
        """GET class/CODE/lecturer#SECRET: hands the secret over to the page, whether there is such a room or not."""
        return HTMLResponse(pages.lecturer_door())

    @_saying
    async def lead(self, request: Request) -> Response:
        """GET class/CODE/lead: the event stream of the lecturer's screen."""
        room = self._led(request)
        if request.method == "HEAD":
            return stream.unopened()
        return self._streamed(room, room.lead(), lambda: self._led_shown(room), LECTURER_PAUSE)

    def _led_shown(self, room: Room) -> Mapping[str, str]:
        version, drawn = self._led_drawn.get(room, (-1, {}))
        if version != room.version:
            drawn = lecturer.screen(room, self._desk)
            self._led_drawn[room] = room.version, drawn
        return drawn | lecturer.changing(room, self._desk)

    @_saying
    async def act(self, request: Request) -> Response:
        """POST class/CODE/act: what the lecturer does."""
        room, sent = self._led(request), await _sent(request)
        engine = self._own.visitor(self._desk.engine, request.headers.get(OWN_HEADER, ""), "").engine
        await self._acts.do(room, engine, sent)
        return JSONResponse({"done": True})

    @_saying
    async def judgements(self, request: Request) -> Response:
        """GET class/CODE/judgements.zip: what the class has judged in the corpus of its last judging."""
        room = self._led(request)
        data = await anyio.to_thread.run_sync(class_archive, room.code, list(room.rounds))
        return attachment("judgements.zip", data, "application/zip")

    # Who asks

    def _room(self, request: Request) -> Room:
        """The room of a student: one who is in it is found at once, all others by code or by link."""
        typed, word = request.path_params["code"], _word(request)
        known = self._rooms.of_member(typed, lambda room: word in room.seats)
        return known or self._rooms.find(typed, _host(request), request.query_params.get("key", "") or _key(request))

    def _led(self, request: Request) -> Room:
        """The room of its lecturer. Raises what `Rooms.find` does, and Refused for who is not."""
        typed, secret = request.path_params["code"], request.headers.get(SECRET_HEADER, "")
        found = self._rooms.of_member(typed, lambda room: room.is_lecturer(secret))
        if found is None:
            self._rooms.find(typed, _host(request))
            raise Refused(NOT_YOURS)
        return found

    def _keep(self, page: Response, room: Room, word: str, request: Request) -> None:
        """Let the browser keep its seat, and the key of the link by which it came, for this room alone."""
        secure = request.url.scheme == "https"
        kept = {COOKIE: word, KEY_COOKIE: room.key}
        for name, value in kept.items():
            page.set_cookie(
                name,
                value,
                max_age=int(ROOM_SECONDS),
                path=request.url.path,
                httponly=True,
                secure=secure,
                samesite="lax",
            )


def _word(request: Request) -> str:
    """The seat of a browser, as its cookie says; empty where there is none that could be."""
    word = request.cookies.get(COOKIE, "")
    return word if _WORD.fullmatch(word) else ""


def _key(request: Request) -> str:
    return request.cookies.get(KEY_COOKIE, "")


def _host(request: Request) -> str:
    return request.client.host if request.client else ""


async def _sent(request: Request) -> Mapping[str, Any]:
    """The object in the body of a request that the class's own page has made. Raises InvalidInput or Refused."""
    if ASKED_HEADER not in request.headers:
        raise Refused(FROM_HERE)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BODY_BYTES:
            raise InvalidInput(f"A request may bring at most {MOST_BODY_BYTES:,} bytes here.")
    try:
        sent = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise InvalidInput("The body must be JSON.") from None
    if not isinstance(sent, dict):
        raise InvalidInput("The body must be a JSON object.")
    return sent
