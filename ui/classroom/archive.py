"""What a class has judged, to take home as a corpus in BEIR layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from searchcore.corpora import to_archive
from searchcore.errors import SearchError
from searchcore.types import Query
from ui.classroom.rounds import Phase, Round
from ui.classroom.scores import Graded

# Of a larger corpus only the documents are in it that were judged.
MOST_DOCUMENTS = 20_000
HOW = "Judged together in a class: the grade of a document is the one that most gave."
ONLY_JUDGED = "Only the documents that were judged are in it."


class NothingJudged(SearchError):
    """There is nothing to take home yet."""


def class_archive(code: str, rounds: Sequence[Round]) -> bytes:
    """The corpus of the last judging with every query that this class has judged in it. Raises NothingJudged."""
    found = [each.outcome for each in rounds if each.phase is Phase.REVEALED and isinstance(each.outcome, Graded)]
    if not found:
        raise NothingJudged("This class has judged nothing yet.")
    corpus = found[-1].ranked.result.corpus
    # A lecturer's own corpora all have one name. Judged twice, the last time counts.
    same = [each for each in found if each.ranked.result.corpus.first is corpus.first]
    grades = {each.ranked.result.query: each.grades for each in same}
    queries = [Query(f"class-{number}", text) for number, text in enumerate(grades, start=1)]
    qrels = {query.query_id: dict(grades[query.text]) for query in queries}
    title = f"{corpus.title or corpus.name}, judged by class {code}"
    made = replace(corpus.with_judgements(queries, qrels, {}), title=title, description=HOW)
    if len(corpus) > MOST_DOCUMENTS:
        judged = {doc_id for each in grades.values() for doc_id in each}
        documents = tuple(corpus.document(doc_id) for doc_id in sorted(judged, key=corpus.position))
        made = replace(made, documents=documents, description=f"{HOW} {ONLY_JUDGED}")
    return to_archive(made)
