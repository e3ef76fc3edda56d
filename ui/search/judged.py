"""What the judgements say about a search: grades, nDCG, what was missed, and what would be perfect."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from searchcore.evaluate import JudgedRanking
from searchcore.types import SearchResult
from ui import words
from ui.draw.template import fill, joined

GRADES = {3: "right", 2: "largely", 1: "a little", 0: "not relevant"}
SHOWN_MISSED = 12


def grade_chip(grades: Mapping[str, int] | None, doc_id: str) -> Markup:
    """The grade of a document as a number and a word; nothing where the query is not a judged one."""
    if grades is None:
        return Markup("")
    if doc_id not in grades:
        return Markup('<span class="ss-grade ss-grade-none">not judged</span>')
    grade = grades[doc_id]
    word = GRADES.get(grade, "")
    return fill(
        '<span class="ss-grade ss-grade-{}">{}</span>', min(grade, 3), f"grade {grade}" + (f" · {word}" if word else "")
    )


def grade_buttons(doc_id: str, grades: Mapping[str, int] | None) -> Markup:
    """A button for each grade, for a visitor who judges; pressing the one that holds takes it back."""
    now = (grades or {}).get(doc_id)
    buttons = joined(
        fill(
            '<button type="button" data-grade="{}" aria-pressed="{}" title="{}">{}</button>',
            grade,
            "true" if grade == now else "false",
            word,
            grade,
        )
        for grade, word in sorted(GRADES.items())
    )
    return fill('<p class="ss-judge" role="group" aria-label="Your grade">Your grade {}</p>', buttons)


def judge_it(*, judging: bool, own: bool) -> Markup:
    """The way to judge a query, and what comes of it: in one's own corpus, or of one that nobody has judged."""
    said = ""
    if judging:
        said = (
            "Your grades belong to your own corpus, and Evaluate measures by them. "
            if own
            else "Your grades are part of the page’s address; nothing is stored. "
        )
    return fill(
        '<span class="ss-judge-it">{}<button type="button" class="ss-link" data-judge="{}">{}</button></span>',
        said,
        "0" if judging else "1",
        "Stop judging" if judging else "Judge it yourself",
    )


def missed(result: SearchResult, found: Mapping[str, JudgedRanking]) -> Markup:
    """Relevant documents that are not among the candidates: no reranker can bring them back."""
    reranking = next((method for method in found if result.rankings[method].reranks), None)
    if reranking is None:
        return Markup("")
    judged = found[reranking]
    # The query's own document is in no ranking by rule: nothing could bring it back.
    relevant = words.count(len([doc_id for doc_id in judged.ideal if doc_id != result.excluded]), "relevant document")
    below = [doc_id for doc_id in judged.missed if doc_id != result.excluded]
    if not below:
        there = f"its {relevant} is" if len(judged.ideal) == 1 else f"all {relevant} are"
        sentence = f"Judged query: {there} among the candidates."
        return fill('<section class="ss-missed" aria-label="Missed"><p>{}</p></section>', sentence)
    names = [result.corpus.document(doc_id) for doc_id in below[:SHOWN_MISSED]]
    items = joined(
        fill("<li>{} {}</li>", document.title or document.text, grade_chip(judged.grades, document.doc_id))
        for document in names
    )
    more = len(below) - len(names)
    return fill(
        '<section class="ss-missed" aria-label="Missed"><h2>Missed: below the cut</h2><p>{}</p><ul>{}</ul>{}</section>',
        f"{len(below)} of {relevant} are not among the {result.candidates_used} candidates, "
        "so no reranker can bring them back. More candidates could.",
        items,
        fill("<p>and {} more</p>", more) if more > 0 else "",
    )
