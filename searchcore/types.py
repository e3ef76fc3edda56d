"""The plain records that travel between the modules. All are frozen: nothing mutates its input."""

from __future__ import annotations

import hashlib
import json
import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from searchcore.errors import InvalidInput, quoted
from searchcore.text import same_words

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Document:
    """One text of a corpus."""

    doc_id: str
    text: str
    title: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def passage(self) -> str:
        """What every model reads: title, a blank line, text; or the one of them that there is."""
        return f"{self.title}\n\n{self.text}" if self.title and self.text else self.title or self.text


@dataclass(frozen=True, slots=True)
class Query:
    """One prepared query of a corpus."""

    query_id: str
    text: str
    metadata: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def kind(self) -> str:
        """The group this query belongs to ("title", "trap", ...), or an empty string."""
        kind = self.metadata.get("kind")
        return "" if kind is None else str(kind)


@dataclass(frozen=True, eq=False)
class Corpus:
    """Documents with, where there are any, queries and judgements (qrels).

    `shared` is true for a corpus read from a folder: its embeddings may be kept on disk. A corpus
    built from a user's own text is not shared; what is computed for it lives as long as the object.
    `qrels` are the judgements of the split named `split`, by query and document, `other_splits` those of others.
    `notes` says, in plain sentences, what was left out or changed when the corpus was read.
    Two corpora are equal only if they are the same object, so that each can carry its own memory.
    Raises InvalidInput where two documents have the same id.
    """

    name: str
    documents: Sequence[Document]
    title: str = ""
    description: str = ""
    queries: tuple[Query, ...] = ()
    qrels: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    shared: bool = False
    split: str = "test"
    other_splits: Mapping[str, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        index = {document.doc_id: i for i, document in enumerate(self.documents)}
        if len(index) < len(self.documents):
            twice = next(d.doc_id for i, d in enumerate(self.documents) if index[d.doc_id] != i)
            raise InvalidInput(f"documents must each have an id of their own, got {quoted(twice)} twice.")
        object.__setattr__(self, "_index", index)
        # Of two queries with the same words the first one stands.
        by_words = {same_words(query.text): query for query in reversed(self.queries)}
        object.__setattr__(self, "_by_words", by_words)

    @cached_property
    def fingerprint(self) -> str:
        """Hash of all that decides a search and its evaluation: ids and passages, queries, judgements, in order."""
        digest = hashlib.sha256()
        for piece in self._pieces():
            digest.update(json.dumps(piece).encode() + b"\n")
        return digest.hexdigest()

    def _pieces(self) -> Iterator[list[Any]]:
        # Each piece begins with what it is, so that a document is not taken for a query of the same words.
        yield from (["document", d.doc_id, d.title, d.text] for d in self.documents)
        yield from (["query", query.query_id, query.text, query.kind] for query in self.queries)
        yield from (["qrels", query_id, list(grades.items())] for query_id, grades in self.qrels.items())
        for split, qrels in self.other_splits.items():
            yield from (["split", split, query_id, list(grades.items())] for query_id, grades in qrels.items())

    def with_judgements(
        self,
        queries: Sequence[Query],
        qrels: Mapping[str, Mapping[str, int]],
        other_splits: Mapping[str, Mapping[str, Mapping[str, int]]] | None = None,
    ) -> Corpus:
        """The same documents with these queries and judgements: what was worked out for the documents stays known.

        Without `other_splits` those of before stay.
        """
        others = self.other_splits if other_splits is None else other_splits
        changed = replace(self, queries=tuple(queries), qrels=qrels, other_splits=others)
        object.__setattr__(changed, "_first", self.first)
        return changed

    @property
    def first(self) -> Corpus:
        """The corpus whose documents these are, before its judgements were changed; else this one."""
        found: Corpus = getattr(self, "_first", self)
        return found

    def __len__(self) -> int:
        return len(self.documents)

    @property
    def judged(self) -> bool:
        """Whether any query has judgements."""
        return bool(self.splits)

    def position(self, doc_id: str) -> int:
        """Place of a document in corpus order, from 0. Raises KeyError for an unknown id."""
        index: dict[str, int] = self._index  # type: ignore[attr-defined]
        return index[doc_id]

    def document(self, doc_id: str) -> Document:
        """The document of that id. Raises KeyError for an unknown id."""
        return self.documents[self.position(doc_id)]

    def prepared_query(self, text: str) -> Query | None:
        """The first prepared query with the words of this text, see `same_words`."""
        by_words: dict[str, Query] = self._by_words  # type: ignore[attr-defined]
        return by_words.get(same_words(text))

    @property
    def splits(self) -> Mapping[str, Mapping[str, Mapping[str, int]]]:
        """All judgements by the name of their split: those of `split` first. Empty where there are none."""
        first = {self.split: self.qrels} if self.qrels else {}
        return {**first, **{name: qrels for name, qrels in self.other_splits.items() if name not in first}}

    def grades(self, query_id: str) -> Mapping[str, int]:
        """The judgements of a query, in the first split that has any; empty where none has."""
        return next((qrels[query_id] for qrels in self.splits.values() if query_id in qrels), {})

    def own_document(self, query: Query) -> Document | None:
        """The document with the query's own id, as in ArguAna and Quora; None where there is none."""
        index: dict[str, int] = self._index  # type: ignore[attr-defined]
        return self.document(query.query_id) if query.query_id in index else None


@dataclass(frozen=True, slots=True)
class Hit:
    """One place in a ranking. Ranks start at 1; `rank_before` is the rank in the reordered ranking."""

    rank: int
    doc_id: str
    score: float
    rank_before: int | None = None


@dataclass(frozen=True, slots=True)
class QueryCut:
    """A query of `tokens` tokens that a model did not read to its end: the last `unread` of them were cut.

    A cross-encoder may cut it in some pairs only, in `pairs` of them, and then `unread` is the most it cut. `pairs` is
    None where the query is read apart.
    """

    tokens: int
    unread: int
    pairs: int | None = None


@dataclass(frozen=True, slots=True)
class QueryWords:
    """The words of a query that keyword search looked for, and the stop words that it left out."""

    searched_for: tuple[str, ...]
    left_out: tuple[str, ...] = ()


class Share(NamedTuple):
    """What a document's place in one ranking adds to its score in a fusion of several, and that as it is worked out."""

    method: str
    rank: int
    value: float
    written: str


class WeightedTerm(NamedTuple):
    """A word of an expanded query with its weight; `added` where the query itself does not have it."""

    text: str
    weight: float
    added: bool


@dataclass(frozen=True, slots=True)
class Expansion:
    """What a query was expanded by: `documents` that were found first, best first, are taken for relevant.

    Of words, `terms` are those of the expanded query, heaviest first, whose weights sum to 1. Of a vector, `cosine` is
    that of the query before and after. Where nothing was added, `why_not` says why, and there is nothing else.
    """

    documents: tuple[str, ...] = ()
    terms: tuple[WeightedTerm, ...] = ()
    cosine: float | None = None
    why_not: str = ""


class Chunk(NamedTuple):
    """The chunk that decided a document's score: its number, from 1, of how many, and its characters of the passage.

    `rank_whole` is the document's rank where none is cut and each is read as far as the window goes; None far below.
    """

    number: int
    of: int
    start: int
    end: int
    rank_whole: int | None


@dataclass(frozen=True, slots=True)
class Chunking:
    """How the documents of a corpus were cut, and by document the chunk that `decided`.

    There are so many `chunks` of at most `window` tokens, each beginning with up to `overlap` of the one before.
    `longer` of the `documents` have more tokens than the model reads at once.
    """

    window: int
    overlap: int
    chunks: int
    documents: int
    longer: int
    decided: Mapping[str, Chunk]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Documents in the order that one method gives them.

    `reranks` names the method whose ranking was reordered. A pass is one run of a transformer:
    `passes_needed` for this ranking, `passes_run` now (fewer where results were remembered).
    `milliseconds` is what was done now, `measured_milliseconds` what all of its passes took when they were run;
    neither counts loading or waiting. `unread` holds, by document, how many of its tokens at the end did not fit the
    model's window; `query_cut` is the same for the query, None where all of it was read. `words` is what keyword
    search made of the query. `shares` says of each document of a fusion which rankings its score comes from.
    `expansion` is what the query was expanded by, where that was asked for. `window` is how many tokens of a text a
    bi-encoder reads at most, `chunking` how documents were cut to be within it, if so.
    """

    method: str
    model: str
    hits: tuple[Hit, ...]
    reranks: str | None = None
    milliseconds: float = 0.0
    passes_needed: int = 0
    passes_run: int = 0
    measured_milliseconds: float = 0.0
    unread: Mapping[str, int] = field(default_factory=dict)
    query_cut: QueryCut | None = None
    words: QueryWords | None = None
    shares: Mapping[str, tuple[Share, ...]] = field(default_factory=dict)
    expansion: Expansion | None = None
    window: int = 0
    chunking: Chunking | None = None

    def to_frame(self) -> pd.DataFrame:
        """One row a hit: rank, rank_before (nullable integer), doc_id, score."""
        import pandas as pd

        frame = pd.DataFrame(
            [(h.rank, h.rank_before, h.doc_id, h.score) for h in self.hits],
            columns=["rank", "rank_before", "doc_id", "score"],
        )
        return frame.astype({"rank": "int64", "rank_before": "Int64", "doc_id": "str", "score": "float64"})


class PairScore(NamedTuple):
    """A cross-encoder's logit for a pair, how many of the pair's tokens it did not read, and the seconds it took.

    The query has `query_tokens`. Of those not read, `query_dropped` are the query's and the others the document's.
    """

    logit: float
    dropped: int
    seconds: float = 0.0
    query_tokens: int = 0
    query_dropped: int = 0

    @property
    def unread(self) -> int:
        """How many of the document's tokens it did not read."""
        return self.dropped - self.query_dropped


@dataclass(frozen=True, slots=True)
class PassTimes:
    """How long passes took, in seconds a pass: the median of `count`, and the range of the middle nine in ten."""

    median: float
    low: float
    high: float
    count: int

    @classmethod
    def of(cls, seconds: Sequence[float]) -> PassTimes | None:
        """The times of single passes, or None where there are none."""
        if not seconds:
            return None
        ordered = sorted(seconds)
        low, high = (ordered[round(share * (len(ordered) - 1))] for share in (0.05, 0.95))
        return cls(statistics.median(ordered), low, high, len(ordered))


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What one search has found so far: rankings by method, in the order they were made.

    `pass_times` is how long cross-encoder passes took of late, None before there was one. `excluded` is the id of the
    document that no ranking has because it is the query's own, or None.
    """

    corpus: Corpus
    query: str
    candidates: int
    candidates_used: int
    rankings: Mapping[str, Ranking]
    pass_times: PassTimes | None = None
    excluded: str | None = None


ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far long work is.

    `activity` is "loading", "indexing", "embedding", "chunks" (documents are cut, then `total` chunks embedded),
    "waiting" (`total` then says how many are ahead), "scoring", "matching", "evaluating", "fetching" (vectors from an
    engine), "linking", "measuring", "growing" or "elsewhere" (another process embeds the corpus, and this one waits
    for it); `subject` is the model or corpus it is about.
    """

    activity: str
    subject: str
    done: int = 0
    total: int = 0
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True)
class PartialScores:
    """The scores that a method knows so far, by document; `total` documents will have one."""

    method: str
    scores: Mapping[str, float]
    total: int = 0


@dataclass(frozen=True, slots=True)
class ModelInput:
    """The tokens that a model reads for one input; all tuples have the same length.

    `limit` is the model's window in tokens, `dropped` how many tokens did not fit, and
    `dropped_tokens` those tokens as text. The first text (of a pair: the query) has `first_tokens` tokens, of which
    `first_dropped` did not fit.
    """

    tokens: tuple[str, ...]
    ids: tuple[int, ...]
    segments: tuple[int, ...]
    attention_mask: tuple[int, ...]
    limit: int
    dropped: int = 0
    dropped_tokens: tuple[str, ...] = ()
    first_tokens: int = 0
    first_dropped: int = 0


def sigmoid(logit: float) -> float:
    """Logistic function of a logit, in (0, 1). A number between 0 and 1 is not yet a calibrated probability."""
    if logit >= 0:
        return 1.0 / (1.0 + math.exp(-logit))
    return math.exp(logit) / (1.0 + math.exp(logit))
