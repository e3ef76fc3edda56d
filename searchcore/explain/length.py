"""Short query to long passage against sentence to sentence: where does each model put the right document?

Sentence-Transformers' documentation calls the first asymmetric search and the second symmetric. Both
are run over the same documents here, so that only the kind of search differs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from searchcore.engine import Engine
from searchcore.errors import InvalidInput
from searchcore.explain.pairs import relevant_pairs, spread
from searchcore.explain.swap import encoders_to_try
from searchcore.explain.words import sentences_of, words_of
from searchcore.explain.work import encoded, loaded_encoder
from searchcore.index import COSINE_DECIMALS, VectorIndex, top_k
from searchcore.models import Encoder
from searchcore.running import Work, finish
from searchcore.types import Corpus

SHORT_TO_LONG = "short query to long passage"
SENTENCE_TO_SENTENCE = "sentence to sentence"
CONDITIONS = (SHORT_TO_LONG, SENTENCE_TO_SENTENCE)
FIRST_CHOICE = ("movies", "science")
QUERIES = 10
CANDIDATES = 20
SHORT_QUERY_WORDS = 8
LEAST_CANDIDATES = 2


@dataclass(frozen=True, slots=True)
class LengthRow:
    """One search of one kind: the rank, from 1, that each model gives the right document."""

    condition: str
    query: str
    document: str
    doc_id: str
    candidates: int
    ranks: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class LengthExperiment:
    """Two rows for each query, one of each kind, over the same candidate documents of one corpus."""

    corpus: str
    models: tuple[str, ...]
    rows: tuple[LengthRow, ...]

    def reciprocal_rank(self) -> dict[str, dict[str, float]]:
        """By kind of search and model: the mean of 1/rank (RR; Kantor and Voorhees 2000), 1 is best."""
        return {condition: {m: self._mean(condition, m) for m in self.models} for condition in CONDITIONS}

    def as_json(self) -> dict[str, Any]:
        """Everything as plain lists and dicts."""
        return {
            "corpus": self.corpus,
            "models": list(self.models),
            "rows": [asdict(row) for row in self.rows],
            "reciprocal_rank": self.reciprocal_rank(),
        }

    def _mean(self, condition: str, model: str) -> float:
        ranks = [row.ranks[model] for row in self.rows if row.condition == condition]
        return sum(1 / rank for rank in ranks) / len(ranks)


@dataclass(frozen=True, slots=True)
class _Task:
    """One search: the text of every candidate, and which of them is the right one."""

    condition: str
    query: str
    texts: tuple[str, ...]
    right: int
    doc_id: str


def length_experiment(engine: Engine, corpus: str | None = None) -> LengthExperiment:
    """Run ten queries of a judged corpus (None: the movies, or what there is) in two kinds of search.

    The candidates of a query are its right document and those 19 that the default bi-encoder holds
    most like it and no judgement calls relevant. Short query to long passage: the query ranks whole
    passages. Sentence to sentence: the longest later sentence of the right document ranks the first
    sentences of all; its own document is the right answer. Only documents of two sentences or more take part.
    Raises InvalidInput where the corpus has too few of them or no short judged query.
    """
    return finish(length_experiment_steps(engine, corpus))


def length_experiment_steps(engine: Engine, corpus: str | None = None) -> Work[LengthExperiment]:
    """As `length_experiment`, with progress on the way; closing it stops the work."""
    found = _default_corpus(engine) if corpus is None else engine.corpus(corpus)
    index = yield from engine.index(found)
    tasks = _tasks(found, index)
    ranks: list[dict[str, int]] = [{} for _ in tasks]
    names = encoders_to_try(engine)
    for name in names:
        encoder = yield from loaded_encoder(engine, name)
        for i, cosines in enumerate((yield from _cosines(engine, encoder, tasks))):
            ranks[i][name] = _rank(cosines, tasks[i].right)
    scorer = engine.models.resolve("scorer", None)
    logits = yield from engine.score_pairs([(task.query, text) for task in tasks for text in task.texts])
    ends = np.cumsum([len(task.texts) for task in tasks])
    for i, scores in enumerate(np.split(np.array(logits), ends[:-1])):
        ranks[i][scorer] = _rank(scores, tasks[i].right)
    rows = tuple(
        LengthRow(task.condition, task.query, task.texts[task.right], task.doc_id, len(task.texts), ranks[i])
        for i, task in enumerate(tasks)
    )
    return LengthExperiment(found.name, (*names, scorer), rows)


def _default_corpus(engine: Engine) -> Corpus:
    judged = [name for name, corpus in engine.corpora.items() if corpus.judged]
    for name in (*FIRST_CHOICE, *judged):
        if name in judged:
            return engine.corpora[name]
    raise InvalidInput("No corpus has judgements, so there is no right document to look for.")


def _tasks(corpus: Corpus, index: VectorIndex) -> list[_Task]:
    sentences = {i: found for i, d in enumerate(corpus.documents) if len(found := sentences_of(d.text)) > 1}
    pairs = [
        pair
        for pair in relevant_pairs(corpus)
        if len(words_of(pair.query)) <= SHORT_QUERY_WORDS and corpus.position(pair.doc_id) in sentences
    ]
    tasks = []
    for pair in spread(pairs, QUERIES):
        right = corpus.position(pair.doc_id)
        relevant = {corpus.position(d) for d, grade in corpus.qrels[pair.query_id].items() if grade > 0}
        others = [i for i in sentences if i not in relevant]
        [nearest], _ = index.search(index.vectors([right]), CANDIDATES - 1, others)
        chosen = sorted([right, *nearest.tolist()])
        if len(chosen) < LEAST_CANDIDATES:
            continue
        place = chosen.index(right)
        passages = tuple(corpus.documents[i].passage for i in chosen)
        openings = tuple(sentences[i][0] for i in chosen)
        tasks.append(_Task(SHORT_TO_LONG, pair.query, passages, place, pair.doc_id))
        later = max(sentences[right][1:], key=len)
        tasks.append(_Task(SENTENCE_TO_SENTENCE, later, openings, place, pair.doc_id))
    if not tasks:
        raise InvalidInput(
            f"corpus {corpus.name} has no short judged query whose document, and another one, has two sentences."
        )
    return tasks


def _cosines(engine: Engine, encoder: Encoder, tasks: list[_Task]) -> Work[list[NDArray[np.float64]]]:
    """For each task the cosines of its query with the texts of its candidates."""
    texts = list(dict.fromkeys(text for task in tasks for text in task.texts))
    row = {text: i for i, text in enumerate(texts)}
    documents = yield from encoded(engine, encoder, texts)
    queries = yield from encoded(engine, encoder, [task.query for task in tasks], as_query=True)
    return [
        np.round(documents[[row[text] for text in task.texts]] @ queries[i], COSINE_DECIMALS).astype(np.float64)
        for i, task in enumerate(tasks)
    ]


def _rank(scores: NDArray[np.floating], right: int) -> int:
    """The rank, from 1, of position `right`; ties in corpus order, as in a search."""
    return int(np.flatnonzero(top_k(scores, len(scores)) == right)[0]) + 1
