"""The way of the handout: made once, on the first request, and kept as long as the server runs."""

from __future__ import annotations

from contextlib import aclosing

import anyio
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from searchcore.engine import Engine
from searchcore.errors import Busy, SearchError, UnknownName
from searchcore.running import Drive
from ui.errors import sentence_for
from ui.lesson.handout import handout
from ui.lesson.steps import Lesson
from ui.sections import SectionOf

NAME = "handout.html"
SECONDS_BETWEEN_LOOKS = 0.5


def handout_route(engine: Engine, lesson: Lesson, section_of: SectionOf) -> Route:
    """GET handout.html: the lesson with this machine's results."""
    made: list[bytes] = []
    turn = anyio.Lock()

    async def give(request: Request) -> Response:
        async with turn:
            if not made:
                try:
                    made.append(await _made(engine, lesson, section_of))
                except SearchError as error:
                    status = {Busy: 503, UnknownName: 404}.get(type(error), 500)
                    return PlainTextResponse(sentence_for(error), status)
        return Response(made[0], media_type="text/html; charset=utf-8")

    return Route(f"/{NAME}", give, methods=["GET"])


async def _made(engine: Engine, lesson: Lesson, section_of: SectionOf) -> bytes:
    drive: Drive[bytes] = Drive(handout(engine, lesson, section_of))
    async with aclosing(drive.steps(lambda: SECONDS_BETWEEN_LOOKS)) as steps:
        async for _ in steps:
            pass
    assert drive.result is not None
    return drive.result
