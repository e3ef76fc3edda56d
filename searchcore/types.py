"""The plain records that travel between the modules. All are frozen: nothing mutates its input."""

from __future__ import annotations

import hashlib
import json
import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from searchcore.errors import InvalidInput, quoted

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
        """What every model reads: title, a blank line, text; or the text alone."""
        return f"{self.title}\n\n{self.text}" if self.title else self.text


@dataclass(frozen=True, slots=True)
class Query:
    """One prepared query of a corpus."""

    query_id: str
    text: str
    metadata: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def kind(self) -> str:
        """The group this query belongs to ("title", "trap", ...), or an empty string."""
        return str(self.metadata.get("kind", ""))


@dataclass(frozen=True, eq=False)
class Corpus:
    """Documents with, where there are any, queries and judgements (qrels).

    `shared` is true for a corpus read from a folder: its embeddings may be kept on disk. A corpus
    built from a user's own text is not shared; what is computed for it lives as long as the object.
    Two corpora are equal only if they are the same object, so that each can carry its own memory.
    Raises InvalidInput where two documents have the same id.
    """

    name: str
    documents: tuple[Document, ...]
    title: str = ""
    description: str = ""
    queries: tuple[Query, ...] = ()
    qrels: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    shared: bool = False

    def __post_init__(self) -> None:
        index = {document.doc_id: i for i, document in enumerate(self.documents)}
        if len(index) < len(self.documents):
            twice = next(d.doc_id for i, d in enumerate(self.documents) if index[d.doc_id] != i)
            raise InvalidInput(f"documents must each have an id of their own, got {quoted(twice)} twice.")
        object.__setattr__(self, "_index", index)
        by_text = {query.text.strip().casefold(): query for query in self.queries}
        object.__setattr__(self, "_by_text", by_text)

    @cached_property
    def fingerprint(self) -> str:
        """Hash of all that decides a search and its evaluation: ids and passages, queries, judgements, in order."""
        # Each piece begins with what it is, so that a document is not taken for a query of the same words.
        pieces: list[Any] = [["document", d.doc_id, d.title, d.text] for d in self.documents]
        pieces += [["query", query.query_id, query.text, query.kind] for query in self.queries]
        pieces += [["qrels", query_id, list(grades.items())] for query_id, grades in self.qrels.items()]
        digest = hashlib.sha256()
        for piece in pieces:
            digest.update(json.dumps(piece).encode() + b"\n")
        return digest.hexdigest()

    def __len__(self) -> int:
        return len(self.documents)

    @property
    def judged(self) -> bool:
        """Whether any query has judgements."""
        return bool(self.qrels)

    def position(self, doc_id: str) -> int:
        """Place of a document in corpus order, from 0. Raises KeyError for an unknown id."""
        index: dict[str, int] = self._index  # type: ignore[attr-defined]
        return index[doc_id]

    def document(self, doc_id: str) -> Document:
        """The document of that id. Raises KeyError for an unknown id."""
        return self.documents[self.position(doc_id)]

    def prepared_query(self, text: str) -> Query | None:
        """The prepared query with this text, ignoring case and outer white space."""
        by_text: dict[str, Query] = self._by_text  # type: ignore[attr-defined]
        return by_text.get(text.strip().casefold())


@dataclass(frozen=True, slots=True)
class Hit:
    """One place in a ranking. Ranks start at 1; `rank_before` is the rank in the reordered ranking."""

    rank: int
    doc_id: str
    score: float
    rank_before: int | None = None


@dataclass(frozen=True, slots=True)
class QueryWords:
    """The words of a query that keyword search looked for, and the stop words that it left out."""

    searched_for: tuple[str, ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranking:
    """Documents in the order that one method gives them.

    `reranks` names the method whose ranking was reordered. A pass is one run of a transformer:
    `passes_needed` for this ranking, `passes_run` now (fewer where results were remembered).
    `milliseconds` is what was done now, `measured_milliseconds` what all of its passes took when they were run;
    neither counts loading or waiting. `unread` holds, by document, how many tokens at the end did not fit the
    model's window. `words` is what keyword search made of the query.
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
    words: QueryWords | None = None

    def to_frame(self) -> pd.DataFrame:
        """One row a hit: rank, rank_before (nullable integer), doc_id, score."""
        import pandas as pd

        frame = pd.DataFrame(
            [(h.rank, h.rank_before, h.doc_id, h.score) for h in self.hits],
            columns=["rank", "rank_before", "doc_id", "score"],
        )
        return frame.astype({"rank": "int64", "rank_before": "Int64", "doc_id": "str", "score": "float64"})


class PairScore(NamedTuple):
    """A cross-encoder's logit for a pair, how many of the pair's tokens it did not read, and the seconds it took."""

    logit: float
    dropped: int
    seconds: float = 0.0


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

    `pass_times` is how long cross-encoder passes took of late, None before there was one.
    """

    corpus: Corpus
    query: str
    candidates: int
    candidates_used: int
    rankings: Mapping[str, Ranking]
    pass_times: PassTimes | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far long work is.

    `activity` is "loading", "indexing", "embedding", "waiting" (`total` then says how many are ahead), "scoring",
    "matching" or "evaluating"; `subject` is the model or corpus it is about.
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
    `dropped_tokens` those tokens as text.
    """

    tokens: tuple[str, ...]
    ids: tuple[int, ...]
    segments: tuple[int, ...]
    attention_mask: tuple[int, ...]
    limit: int
    dropped: int = 0
    dropped_tokens: tuple[str, ...] = ()


def sigmoid(logit: float) -> float:
    """Logistic function of a logit, in (0, 1). A number between 0 and 1 is not yet a calibrated probability."""
    if logit >= 0:
        return 1.0 / (1.0 + math.exp(-logit))
    return math.exp(logit) / (1.0 + math.exp(logit))
