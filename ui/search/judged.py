"""What the judgements say about a search: grades, nDCG, what was missed, and what would be perfect."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from searchcore.evaluate import JudgedRanking
from searchcore.types import SearchResult
from ui import words

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
    return Markup('<span class="ss-grade ss-grade-{}">{}</span>').format(
        min(grade, 3), f"grade {grade}" + (f" · {word}" if word else "")
    )


def ndcg_line(judged: JudgedRanking | None) -> Markup:
    """nDCG@10 of one column, and that of a perfect order of the same documents."""
    if judged is None:
        return Markup("")
    return Markup('<p class="ss-ndcg">nDCG@10 <b>{:.3f}</b> <span>perfect order of these: {:.3f}</span></p>').format(
        judged.ndcg, judged.best_ndcg
    )


def missed(result: SearchResult, found: Mapping[str, JudgedRanking]) -> Markup:
    """Relevant documents that are not among the candidates: no reranker can bring them back."""
    reranking = next((method for method in found if result.rankings[method].reranks), None)
    if reranking is None:
        return Markup("")
    judged = found[reranking]
    relevant = words.count(len(judged.ideal), "relevant document")
    if not judged.missed:
        sentence = f"Judged query: all {relevant} are among the candidates."
        return Markup('<section class="ss-missed" aria-label="Missed"><p>{}</p></section>').format(sentence)
    names = [result.corpus.document(doc_id) for doc_id in judged.missed[:SHOWN_MISSED]]
    items = Markup("").join(
        Markup("<li>{} {}</li>").format(document.title or document.text, grade_chip(judged.grades, document.doc_id))
        for document in names
    )
    more = len(judged.missed) - len(names)
    return Markup(
        '<section class="ss-missed" aria-label="Missed"><h3>Missed: below the cut</h3><p>{}</p><ul>{}</ul>{}</section>'
    ).format(
        f"{len(judged.missed)} of {relevant} are not among the {result.candidates_used} candidates, "
        "so no reranker can bring them back. More candidates could.",
        items,
        Markup("<p>and {} more</p>").format(more) if more > 0 else "",
    )
