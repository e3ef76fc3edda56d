"""An evaluation to take home: a CSV, and a zip with a TREC run for each method, written when they are asked for."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from urllib.parse import urlencode

import anyio
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from searchcore.engine import Engine
from searchcore.errors import InvalidInput, SearchError
from searchcore.evaluate import Evaluation, to_csv, trec_run
from ui.draw.template import fill
from ui.errors import sentence_for
from ui.evaluate.evaluations import Evaluations
from ui.own.corpora import OwnCorpora
from ui.own.routes import SECRET_HEADER, attachment
from ui.predict.question import check_measurable
from ui.state import PageState
from ui.takehome.links import evaluation_code, evaluation_links

NOT_KEPT = "This evaluation is not kept any more; press Evaluate, then download it again."


def csv_of(evaluation: Evaluation) -> bytes:
    """A row for each query and method."""
    return to_csv(evaluation).encode()


def runs_of(evaluation: Evaluation) -> bytes:
    """A zip with a run for each method. Raises InvalidInput for ids with white space, which a TREC run can't hold."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for method in evaluation.methods:
            archive.writestr(f"{method}.run", trec_run(evaluation, method, method))
    return out.getvalue()


FILES: dict[str, tuple[Callable[[Evaluation], bytes], str, str]] = {
    "measures.csv": (csv_of, "text/csv; charset=utf-8", "CSV: each query and method"),
    "trec-runs.zip": (runs_of, "application/zip", "TREC runs (zip)"),
}


def links(evaluation: Evaluation, shown: Evaluation, state: PageState) -> Markup:
    """The links to the files of an evaluation, and of the part that is shown of it, with the code.

    The page's script follows them, since those of one's own corpus need its secret.
    """
    asked = {"measured": evaluation.corpus.name, "depth": state.depth, "pool": state.pool, "split": evaluation.split}
    query = urlencode(asked)
    return fill(
        '<p class="ss-downloads">{}</p>{}',
        Markup(" ").join(
            fill('<a class="ss-button" href="evaluation/{0}?{1}" data-save="{0}">{2}</a>', name, query, said)
            for name, (_, _, said) in FILES.items()
        )
        + Markup(" ")
        + evaluation_links(shown, state)
        + Markup(' <span class="ss-own-said" role="status"></span>'),
        evaluation_code(shown),
    )


def evaluation_route(engine: Engine, evaluations: Evaluations, own: OwnCorpora) -> Route:
    """GET evaluation/NAME: a file of an evaluation that was made lately, described as in the page's address."""

    async def give(request: Request) -> Response:
        if (file := FILES.get(request.path_params["name"])) is None:
            return PlainTextResponse("There is no such file.", 404)
        state, _ = PageState.from_query(request.url.query)
        visitor = own.visitor(engine, request.headers.get(SECRET_HEADER, ""), "")
        try:
            check_measurable(visitor.engine, state, state.measured)
            made = evaluations.kept(visitor.engine, state.measured, state.depth, state.pool, state.split)
            if made is None:
                return PlainTextResponse(NOT_KEPT, 404)
            data = await anyio.to_thread.run_sync(file[0], made.evaluation)
        except InvalidInput as error:
            return PlainTextResponse(str(error), 422)
        except Exception as error:
            return PlainTextResponse(sentence_for(error), 404 if isinstance(error, SearchError) else 500)
        return attachment(request.path_params["name"], data, file[1])

    return Route("/evaluation/{name}", give)
