"""What the page offers to take home: a link for each file, and the notebook's code to look at."""

from __future__ import annotations

from markupsafe import Markup

from searchcore.errors import InvalidInput
from searchcore.evaluate import Evaluation
from searchcore.explain import SimilarityMatrix
from searchcore.models import DEFAULT_ENCODER
from ui.draw.template import fill
from ui.state import EVALUATE, HOOD, MATRIX, MEASURES, WITHOUT, PageState
from ui.takehome.notebook import Notebook, evaluation_notebook, matrix_notebook, search_notebook
from ui.takehome.taken import TakenSearch, TakenWordings
from ui.takehome.wordings import wordings_notebook

SEARCH_FILES, WORDINGS_FILES, EVALUATION_FILES, MATRIX_FILES = "search", "wordings", "evaluation", "matrix"
NOT_YET = "<p>This comes with a finished search.</p>"
SAID = {
    "csv": "CSV",
    "html": "Page, to print",
    "svg": "Picture (SVG)",
    "png": "Picture (PNG)",
    "ipynb": "Notebook",
}


def search_links(taken: TakenSearch) -> Markup:
    """The files of a search, and the code."""
    state, result = taken.state, taken.result
    asked = PageState(
        corpus=result.corpus.name,
        query=result.query,
        candidates=state.candidates,
        columns=state.columns,
        predict=taken.predicted is not None,
        of=state.of,
        seen=state.seen,
        asks=state.asks,
        guess=state.guess,
        revealed=taken.predicted is not None,
        grades=state.grades,
        encoder=state.encoder,
        scorer=state.scorer,
        matcher=state.matcher,
        first=state.first,
        fused=state.fused,
        rule=state.rule,
        expanded=state.expanded,
    )
    return _links(SEARCH_FILES, asked, *SAID) + _said() + code(search_notebook(taken))


def wordings_links(taken: TakenWordings) -> Markup:
    """The files of two wordings compared, and the code."""
    state = taken.state
    query, against = taken.queries.values()
    asked = PageState(
        corpus=taken.result.corpus.name,
        query=query,
        against=against,
        by=state.by,
        candidates=state.candidates,
        encoder=state.encoder,
        scorer=state.scorer,
    )
    return _links(WORDINGS_FILES, asked, *SAID) + _said() + code(wordings_notebook(taken))


def evaluation_links(evaluation: Evaluation, state: PageState) -> Markup:
    """Those files of an evaluation that a state and its judgements make."""
    asked = PageState(
        tab=EVALUATE,
        look=MEASURES,
        measured=evaluation.corpus.name,
        depth=state.depth,
        pool=state.pool,
        split=evaluation.split,
        kind=state.kind,
    )
    return _links(EVALUATION_FILES, asked, "html", "svg", "png", "ipynb")


def evaluation_code(evaluation: Evaluation) -> Markup:
    """The code of an evaluation; none where the corpus is too large for a notebook."""
    try:
        return code(evaluation_notebook(evaluation))
    except InvalidInput as error:
        return fill('<p class="ss-how">{}</p>', error)


def matrix_links(made: SimilarityMatrix) -> Markup:
    """The files of a matrix, and the code."""
    encoder = "" if made.model == DEFAULT_ENCODER else made.model
    state = PageState(tab=HOOD, look=MATRIX, texts=made.texts, encoder=encoder)
    return _links(MATRIX_FILES, state, *SAID, private=True) + _said() + code(matrix_notebook(made))


def code(notebook: Notebook) -> Markup:
    """The notebook's code, folded away."""
    return fill(
        '<details class="ss-code"><summary>Show the code</summary>'
        '<pre tabindex="0" role="region" aria-label="Code">{}</pre></details>',
        notebook.shown(),
    )


def _links(files: str, state: PageState, *kinds: str, private: bool = False) -> Markup:
    """The page's script follows them. What is `private`, or too long for an address, it sends as a body."""
    address = state.to_query()
    sent = private or f"{WITHOUT}=" in address
    target = fill(' data-sent="{}"', state.in_full()) if sent else ""
    made = [
        # The picture is drawn in the browser from the other one.
        fill(
            '<a class="ss-button" href="take/{0}.{1}{2}" data-save="{0}.{3}"{4}>{5}</a>',
            files,
            "svg" if kind == "png" else kind,
            "" if sent else f"?{address}",
            kind,
            target,
            SAID[kind],
        )
        for kind in kinds
    ]
    return fill('<span class="ss-downloads">{}</span>', Markup(" ").join(made))


def _said() -> Markup:
    return Markup(' <span class="ss-own-said" role="status"></span>')
