"""The way of what is taken home: one route, whose query is the page's address, in memory alone.

A search is run for it in the line of whoever asks, at once where it is remembered; of an evaluation it gives what is
kept. A header carries the secret of one's own corpus, as everywhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

import anyio
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from searchcore.engine import Engine
from searchcore.errors import Busy, InvalidInput, ModelUnavailable, SearchError, UnknownName
from searchcore.explain import SimilarityMatrix, similarity_steps, to_csv
from searchcore.ranking import Method
from searchcore.running import Caller, Drive, Work
from ui.errors import sentence_for
from ui.evaluate.downloads import NOT_KEPT
from ui.evaluate.evaluations import Evaluations, Made
from ui.evaluate.gains import sentence
from ui.evaluate.section import measured_corpus
from ui.hood.words import WEATHER
from ui.own.corpora import ABSENT, OwnCorpora
from ui.own.routes import SECRET_HEADER, attachment
from ui.predict.question import check_measurable
from ui.search.section import Found, Opened, SearchSection
from ui.search.shown import put_together
from ui.search.wordings import METHOD_OF, Wordings
from ui.search.wordings import taken as taken_wordings
from ui.state import Known, PageState
from ui.takehome import notebook, page, picture
from ui.takehome.links import EVALUATION_FILES, MATRIX_FILES, SEARCH_FILES, WORDINGS_FILES
from ui.takehome.table import search_table
from ui.takehome.taken import TakenSearch, TakenWordings
from ui.takehome.wordings import wordings_notebook

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "svg": "image/svg+xml",
    "ipynb": "application/x-ipynb+json",
}
NO_FILE = "There is no such file."
NOTHING_ASKED = "There is no query in this address, so there is nothing to take home; type one first."
TWO_WORDINGS = "Two wordings are compared at this address; what is taken home of it is called wordings, not search."
ONE_WORDING = "There is no other wording in this address; what is taken home of it is called search, not wordings."
MAX_BODY_BYTES = 4_000_000
MOST_NAMED = 5
# Drawing a large corpus takes a second of a core: so many at once.
AT_ONCE = 2

Methods = Mapping[str, Method]
Files = dict[str, Callable[[Any, PageState, Methods], bytes]]
T = TypeVar("T", bound=TakenSearch)


class NotKept(SearchError):
    """What was to be taken home is not there any more."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a view is made of, and the files that can be made of it, by their ending."""

    begin: Callable[[Engine, PageState], Work[Any]]
    files: Files


def take_route(engine: Engine, evaluations: Evaluations, own: OwnCorpora, known: Known) -> Route:
    """GET take/NAME?ADDRESS, or POST with the address as the body: a file of the view at that address."""
    room = anyio.Semaphore(AT_ONCE)
    views = _views(evaluations)

    async def give(request: Request) -> Response:
        name: str = request.path_params["name"]
        stem, _, ending = name.partition(".")
        asked = views.get(stem)
        if asked is None or ending not in asked.files:
            return PlainTextResponse(NO_FILE, 404)
        try:
            state = _state(await _address(request), known)
            asking = own.visitor(engine, request.headers.get(SECRET_HEADER, ""), "").engine.for_caller(_caller(request))
            made = await _result(request, asked.begin(asking, state))
            async with room:
                methods = put_together(engine.methods, state)
                data = await anyio.to_thread.run_sync(asked.files[ending], made, state, methods)
        except Exception as error:
            return PlainTextResponse(sentence_for(error), _status(error))
        return attachment(name, data, KINDS[ending])

    return Route("/take/{name}", give, methods=["GET", "POST"])


def _views(evaluations: Evaluations) -> dict[str, Asked]:
    def kept(engine: Engine, state: PageState) -> Work[Made]:
        yield from ()
        check_measurable(engine, state, measured_corpus(engine, state))
        found = evaluations.kept(engine, measured_corpus(engine, state), state.depth, state.pool, state.split)
        if found is None:
            raise NotKept(NOT_KEPT)
        return found.of_kind(state.kind) if state.kind else found

    return {
        SEARCH_FILES: Asked(_searched, _files(_taken, notebook.search_notebook)),
        WORDINGS_FILES: Asked(_compared, _files(_both, wordings_notebook)),
        EVALUATION_FILES: Asked(
            kept,
            {
                "html": lambda made, state, methods: page.evaluation_page(
                    made.evaluation, _outcome(made, state, methods), methods
                ),
                "svg": lambda made, state, methods: picture.file_of(
                    picture.gains_chart(made.evaluation, _outcome(made, state, methods))
                ),
                "ipynb": lambda made, state, methods: notebook.evaluation_notebook(made.evaluation).file(),
            },
        ),
        MATRIX_FILES: Asked(
            _matrix,
            {
                "csv": lambda made, state, methods: to_csv(made).encode("utf-8", "replace"),
                "html": lambda made, state, methods: page.matrix_page(made),
                "svg": lambda made, state, methods: picture.file_of(picture.matrix(made)),
                "ipynb": lambda made, state, methods: notebook.matrix_notebook(made).file(),
            },
        ),
    }


def _files(of: Callable[[Any, PageState, Methods], T], notebook_of: Callable[[T], notebook.Notebook]) -> Files:
    """The files of rankings side by side."""
    return {
        "csv": lambda found, state, methods: search_table(of(found, state, methods)),
        "html": lambda found, state, methods: page.search_page(of(found, state, methods)),
        "svg": lambda found, state, methods: picture.file_of(picture.rankings(of(found, state, methods))),
        "ipynb": lambda found, state, methods: notebook_of(of(found, state, methods)).file(),
    }


def _searched(engine: Engine, state: PageState) -> Work[Found]:
    # This refuses first what is covered.
    work = SearchSection(engine).begin(engine, state)
    if state.against:
        raise InvalidInput(TWO_WORDINGS)
    found = yield from work
    assert not isinstance(found, Wordings)
    return found if isinstance(found, Found) else _nothing(found)


def _compared(engine: Engine, state: PageState) -> Work[Wordings]:
    work = SearchSection(engine).begin(engine, state)
    if not state.against:
        raise InvalidInput(ONE_WORDING)
    found = yield from work
    assert not isinstance(found, Found)
    return found if isinstance(found, Wordings) else _nothing(found)


def _nothing(found: Opened) -> NoReturn:
    raise InvalidInput(NOTHING_ASKED) if found.corpus is not None else UnknownName(ABSENT)


def _both(found: Wordings, state: PageState, methods: Methods) -> TakenWordings:
    return taken_wordings(state, found, methods[METHOD_OF[state.by]])


def _taken(found: Found, state: PageState, methods: Methods) -> TakenSearch:
    return TakenSearch(state, found.result, found.judged, methods, found.own, found.predicted)


def _outcome(made: Made, state: PageState, methods: Methods) -> str:
    return sentence(made.evaluation, made.tests, methods, state.kind)


def _matrix(engine: Engine, state: PageState) -> Work[SimilarityMatrix]:
    return similarity_steps(engine, list(state.texts or WEATHER), state.encoder or None)


def _state(address: str, known: Known) -> PageState:
    """The state of an address of which all can be used. Raises InvalidInput: half of a view is none to take home."""
    state, ignored = PageState.from_query(address, known)
    if ignored:
        raise InvalidInput(f"This address can’t be used: {'; '.join(ignored[:MOST_NAMED])}.")
    return state


async def _address(request: Request) -> str:
    """The query of the address or, where something was posted, the body. Raises InvalidInput beyond a size."""
    if request.method != "POST":
        return request.url.query
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise InvalidInput(f"An address may have at most {MAX_BODY_BYTES:,} bytes.")
    return body.decode("utf-8", "replace")


def _caller(request: Request) -> Caller:
    host = request.client.host if request.client else ""
    return Caller(f"address {host}", host)


async def _result(request: Request, work: Work[Any]) -> Any:
    """What the work comes to; it is given up when whoever asked has left."""
    drive: Drive[Any] = Drive(work)
    watching = asyncio.ensure_future(_watch(request, drive))
    try:
        async with aclosing(drive.steps()) as steps:
            async for _ in steps:
                pass
    finally:
        watching.cancel()
    return drive.result


async def _watch(request: Request, drive: Drive[Any]) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    drive.end()


def _status(error: Exception) -> int:
    kinds = {InvalidInput: 422, Busy: 503, ModelUnavailable: 503, SearchError: 404}
    return next((status for kind, status in kinds.items() if isinstance(error, kind)), 500)
