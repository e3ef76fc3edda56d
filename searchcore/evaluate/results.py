"""Rankings against judgements: every method on every judged query of a corpus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean

from searchcore.engine import Engine
from searchcore.errors import InvalidInput, quoted
from searchcore.evaluate.measures import Measure, measured, measures_for
from searchcore.evaluate.runs import RETRIEVED, OnProgress, Rankings, Task, checked_task, drained, ranked
from searchcore.running import Work
from searchcore.types import Corpus

Values = Mapping[str, Mapping[str, float]]
"""By method, then by name of the measure."""


@dataclass(frozen=True, slots=True)
class QueryEvaluation:
    """One query: the rankings and their measures, by method."""

    query_id: str
    text: str
    kind: str
    measures: Values
    rankings: Rankings


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All methods on all judged queries of a corpus. `measures` holds the means over `queries`.

    `candidates` is the number used, at most the corpus; `pool` is "retrieved" or "judged"; `split` names the
    judgements. `left_out` counts the queries without any relevant document, for which no measure is defined, but
    not those that other splits judge. `unusable` are the judged queries that no model may read, by id, each with the
    sentence that says why.
    """

    corpus: Corpus
    candidates: int
    pool: str
    methods: tuple[str, ...]
    measures: Values
    queries: tuple[QueryEvaluation, ...]
    left_out: int = 0
    split: str = "test"
    unusable: Mapping[str, str] = field(default_factory=dict)

    @property
    def own_documents(self) -> int:
        """For how many queries the document with the query's own id is in no ranking, as in BEIR.

        A judgement of it still counts towards the best possible ranking, as in BEIR: only the rankings go without.
        """
        ids = {document.doc_id for document in self.corpus.documents}
        return sum(query.query_id in ids for query in self.queries)

    @property
    def measure_list(self) -> tuple[Measure, ...]:
        """The measures in the order of a table, with their meaning and citation."""
        return measures_for(self.candidates)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of queries there are, in the order in which they come first."""
        return tuple(dict.fromkeys(query.kind for query in self.queries))

    def of_kind(self, kind: str) -> Evaluation:
        """The same evaluation for the queries of one kind. Raises InvalidInput where there are none."""
        if kind not in self.kinds:
            raise InvalidInput(f"kind must be one of: {', '.join(map(quoted, self.kinds))}; got {quoted(kind)}.")
        queries = tuple(query for query in self.queries if query.kind == kind)
        return replace(self, queries=queries, measures=_means(queries, self.methods, self.measure_list))


def evaluate(
    engine: Engine,
    corpus: str | Corpus,
    candidates: int = 20,
    methods: Sequence[str] | None = None,
    pool: str = RETRIEVED,
    *,
    encoder: str | None = None,
    scorer: str | None = None,
    matcher: str | None = None,
    split: str | None = None,
    on_progress: OnProgress | None = None,
) -> Evaluation:
    """Measure `methods` (None: every one) on the queries that `split` judges (None: the first), by ir_measures.

    Each method ranks `candidates` documents (1 to 200, at most the corpus) of the whole corpus, or,
    with pool="judged", every judged document of the query. `on_progress` is called with the queries
    done and those in all; what it raises stops the work. Raises a SearchError for a corpus without
    judgements, or an argument that can't be used.
    """
    steps = evaluation_steps(engine, corpus, candidates, methods, pool, encoder, scorer, matcher, split)
    return drained(steps, on_progress)


def evaluation_steps(
    engine: Engine,
    corpus: str | Corpus,
    candidates: int = 20,
    methods: Sequence[str] | None = None,
    pool: str = RETRIEVED,
    encoder: str | None = None,
    scorer: str | None = None,
    matcher: str | None = None,
    split: str | None = None,
) -> Work[Evaluation]:
    """As `evaluate`, but yield Progress (activity "evaluating", in queries) and return the Evaluation.

    Closing the generator gives up what is not done.
    """
    return _steps(engine, checked_task(engine, corpus, candidates, methods, pool, encoder, scorer, matcher, split))


def _steps(engine: Engine, task: Task) -> Work[Evaluation]:
    results = yield from ranked(engine, task)
    table = measures_for(task.candidates)
    values = {method: _measured_by_query(task, results, method, table) for method in task.methods}
    queries = tuple(
        QueryEvaluation(
            query.query_id,
            query.text,
            query.kind,
            {method: values[method][query.query_id] for method in task.methods},
            results[query.query_id],
        )
        for query in task.queries
    )
    return Evaluation(
        corpus=task.corpus,
        candidates=task.candidates,
        pool=task.pool,
        methods=task.methods,
        measures=_means(queries, task.methods, table),
        queries=queries,
        left_out=_left_out(task),
        split=task.split,
        unusable=task.unusable,
    )


def _left_out(task: Task) -> int:
    """How many queries have no relevant document, without those that are judged in other splits alone."""
    splits = task.corpus.splits.items()
    others = {query_id for split, qrels in splits if split != task.split for query_id in qrels} - task.qrels.keys()
    return sum(query.query_id not in others for query in task.corpus.queries) - len(task.queries) - len(task.unusable)


def _measured_by_query(
    task: Task, results: Mapping[str, Rankings], method: str, table: Sequence[Measure]
) -> dict[str, dict[str, float]]:
    orders = {query_id: [hit.doc_id for hit in rankings[method].hits] for query_id, rankings in results.items()}
    qrels = {query.query_id: task.qrels[query.query_id] for query in task.queries}
    return measured(qrels, orders, [measure.name for measure in table])


def _means(
    queries: Sequence[QueryEvaluation], methods: Sequence[str], table: Sequence[Measure]
) -> dict[str, dict[str, float]]:
    return {
        method: {m.name: fmean(query.measures[method][m.name] for query in queries) for m in table}
        for method in methods
    }
