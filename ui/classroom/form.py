"""What a lecturer can ask next: a query of a corpus, or a step of the lesson."""

from __future__ import annotations

from markupsafe import Markup, escape

from searchcore.checks import MAX_QUERY_CHARACTERS
from searchcore.engine import Engine
from searchcore.ranking import CROSS_ENCODER, FUSION
from ui.classroom.asking import CANDIDATES, DEPTHS, PICKS
from ui.draw.template import fill, joined
from ui.lesson.steps import Lesson
from ui.search.prepared import default_corpus, examples
from ui.state import OWN_CORPUS

DEFAULT_CANDIDATES = 10
DEFAULT_DEPTH = 5
STEP_CHARACTERS = 60
QUERY = fill(
    '<label class="cl-wide">Query <input name="q" autocomplete="off" maxlength="{}" '
    'placeholder="The one that this corpus opens with"></label>',
    MAX_QUERY_CHARACTERS,
)


def form(engine: Engine, lesson: Lesson, *, going: bool) -> Markup:
    """The form; folded while a question is `going` on."""
    corpora = [(name, corpus.title or name) for name, corpus in engine.corpora.items()]
    methods = [(key, method.title) for key, method in engine.methods.items() if key != FUSION]
    lists = joined(
        fill(
            '<datalist id="cl-q-{}">{}</datalist>',
            name,
            joined(fill('<option value="{}"></option>', text) for text in examples(corpus)),
        )
        for name, corpus in engine.corpora.items()
    )
    summary = "Ask something else (what is asked now is dropped)" if going else "Ask the class"
    return fill(
        '<details class="cl-ask"{}><summary>{}</summary><form data-do="ask"><p class="cl-fields">{}{}{}{}</p>'
        '<details class="cl-more"><summary>More choices</summary><p class="cl-fields">{}{}{}</p></details>'
        '<p class="cl-acts"><button class="cl-button cl-primary" name="act" value="ask">Ask which comes first</button>'
        '<button class="cl-button" name="act" value="judge">Let the class judge</button></p></form>{}{}</details>',
        Markup("") if going else Markup(" open"),
        summary,
        _select("corpus", "Corpus", [*corpora, (OWN_CORPUS, "Your own")], default_corpus(engine)),
        QUERY,
        _select("k", "Documents", [(str(n), str(n)) for n in CANDIDATES], str(DEFAULT_CANDIDATES)),
        _select("picks", "Each says", [(str(n), "the first one" if n == 1 else f"the first {n}") for n in PICKS], "1"),
        _select("of", "Covered", methods, CROSS_ENCODER),
        _select("from", "Seen", [("", "what it reorders"), *methods], ""),
        _select("depth", "Judged: the first", [(str(n), f"{n} of each method") for n in DEPTHS], str(DEFAULT_DEPTH)),
        lists,
        _steps(lesson),
    )


def _steps(lesson: Lesson) -> Markup:
    if not lesson.steps:
        return Markup("")
    titles = [
        (str(number), f"{number}. {lesson.title_of(number)}"[:STEP_CHARACTERS])
        for number in range(1, len(lesson.steps) + 1)
    ]
    return fill(
        '<form data-do="step"><p class="cl-fields">{}<button class="cl-button" name="act" value="step">Ask its question'
        "</button></p></form>",
        _select("step", "Or a step of the lesson", titles, "1"),
    )


def _select(name: str, label: str, choices: list[tuple[str, str]], default: str) -> Markup:
    options = joined(
        fill('<option value="{}"{}>{}</option>', value, Markup(" selected") if value == default else "", escape(title))
        for value, title in choices
    )
    return fill('<label>{} <select name="{}">{}</select></label>', label, name, options)
