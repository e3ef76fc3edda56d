"""What a page shows, as one small value that an address can hold.

`PageState.to_query()` writes it for people to read (`corpus=movies&q=vietnam+war&k=20`), `from_query` reads it back
and trusts nothing. What has its default value is not written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from searchcore.checks import MAX_CANDIDATES
from searchcore.errors import InvalidInput, quoted
from searchcore.evaluate import HNSW, INDEXES
from searchcore.explain.price import AT_SIZE, MOST_TEXTS
from searchcore.models import CATALOGUE
from searchcore.neighbours import CUT, FLOAT, PRECISIONS, WAYS
from searchcore.ranking import BI_ENCODER, BUILT_IN, DEFAULT_METHODS, FUSION
from searchcore.request import EXPANDING, RULES, Options
from ui.parameters import (
    Parameter,
    check_columns,
    check_corpus_name,
    check_grades,
    check_guess,
    check_keys,
    check_texts,
    chosen,
    counted,
    flagged,
    in_address,
    named,
    typed,
)

MAX_ADDRESS_CHARACTERS = 4_000
MAX_PARAMETERS = 300
MAX_NAMED = 10
OWN_CORPUS = "own"
SEARCH, HOOD, EVALUATE, NEIGHBOURS = "search", "hood", "evaluate", "neighbours"
LESSON, CLASS = "lesson", "class"
TABS = (SEARCH, HOOD, EVALUATE, NEIGHBOURS, LESSON, CLASS)
LOGIT, PROBABILITY = "logit", "probability"
PAIR, WHY, TOKENS, CONTEXT, MATRIX, SWAP, LENGTH = "pair", "why", "tokens", "context", "matrix", "swap", "length"
PRICE, HAND = "price", "hand"
MEASURES, CURVE, FRONTIER = "measures", "curve", "frontier"
RECALL, BITS = "recall", "bits"
LOOKS = ("", PAIR, WHY, TOKENS, CONTEXT, MATRIX, SWAP, LENGTH, PRICE, HAND, MEASURES, CURVE, FRONTIER, RECALL, BITS)
POOLS = ("retrieved", "judged")
PROJECTOR = "projector"
MOST_CANDIDATES = 50
# What ranks for two wordings, in words that an address can hold.
BY_CROSS_ENCODER, BY_BI_ENCODER = "cross-encoder", "bi-encoder"
# How hard an index may be asked to look, and how many of the best are compared again in full.
MOST_LOOKED_AT = 1_000
RESCORED = ("0", "40", "200")
WITHOUT = "without"
# So many tokens has a chunk of a document, and so much of it is of the chunk before.
WINDOWS = ("128", "64", "32")
QUARTER, HALF = "quarter", "half"
OVERLAPS = {"": 0.0, QUARTER: 0.25, HALF: 0.5}
ORDER, RIGHT = "order", "right"
# What is right where the two rankings are equally good.
NEITHER = "neither"
# What Gradio itself writes into the address when its own pages are opened.
OF_GRADIO = ("view=api", "view=settings", "view=api-recorder")
_HALF = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class PageState:
    """All that decides what a page shows. Raises InvalidInput for a value that no page can show.

    An empty name stands for the page's default: the largest corpus, the default model. Without a query a corpus shows
    the one that is prepared for it. `grades` are the visitor's own for the query, each as "3:document", and `judging`
    says whether they can be given. With `against`, another wording of the query, the method `by` ranks for both, and
    nothing else is shown. With `predict` the ranking of the method `of` (empty: the cross-encoder) stays covered until
    `revealed`, that of the method `seen` (empty: the bi-encoder, or BM25) is there to predict it from, and `guess` says
    what the visitor expects: documents in order or, where it `asks` which of two is right, a method. `mark` names a
    document that stands out. `first` is the method whose ranking is reranked (empty: the bi-encoder), `fused` are those
    that fusion makes one ranking of, by `rule`. With a `window` the bi-encoder reads documents in chunks of so many
    tokens, of which `overlap` says how much the next one repeats. `text_a` and `text_b` are the pair that Under the
    hood looks at; with `doc` the second one is that document of `corpus`. `queries` and `documents` are how many a
    price is worked out for.
    `look` says which section of the tab is asked for. `measured`, `depth`, `pool`, `split` and `kind` are Evaluate's
    choices. `index` with its `ef` or `probes` looks for neighbours; `dimensions`, `precision`, `way` and `rescored` say
    what is kept of vectors. `step` is where the lesson is, from 1, where `guess` is the number of an option or what its
    view predicts. `view` is how the page is shown.
    """

    tab: str = chosen(SEARCH, "tab", TABS)
    corpus: str = named("corpus", check_corpus_name)
    query: str = typed("q")
    against: str = typed("against")
    by: str = chosen(BY_CROSS_ENCODER, "by", (BY_CROSS_ENCODER, BY_BI_ENCODER))
    candidates: int = counted(20, "k")
    columns: tuple[str, ...] = in_address(
        DEFAULT_METHODS, Parameter("columns", check_columns, lambda text: tuple(text.split(",")), ",".join)
    )
    grades: tuple[str, ...] = in_address((), Parameter("grade", check_grades, text=True, repeated=True))
    judging: bool = flagged("judge")
    predict: bool = flagged("predict")
    of: str = named("of")
    seen: str = named("from")
    asks: str = chosen(ORDER, "asks", (ORDER, RIGHT))
    guess: tuple[str, ...] = in_address((), Parameter("guess", check_guess, text=True, repeated=True))
    revealed: bool = flagged("revealed")
    mark: str = named("mark")
    first: str = named("rerank")
    fused: tuple[str, ...] = in_address(
        Options().fused, Parameter("fuse", check_keys, lambda text: tuple(text.split(",")), ",".join)
    )
    rule: str = chosen(RULES[0], "rule", RULES)
    # The methods that expand the query.
    expanded: tuple[str, ...] = in_address(
        (), Parameter("expand", check_keys, lambda text: tuple(text.split(",")), ",".join)
    )
    window: str = chosen("", "window", ("", *WINDOWS))
    overlap: str = chosen("", "overlap", tuple(OVERLAPS))
    score: str = chosen(LOGIT, "score", (LOGIT, PROBABILITY))
    encoder: str = named("encoder")
    scorer: str = named("scorer")
    matcher: str = named("matcher")
    look: str = chosen("", "look", LOOKS)
    doc: str = named("doc")
    text_a: str = typed("a")
    text_b: str = typed("b")
    swapped: bool = flagged("swapped")
    batch: bool = flagged("batch")
    word: str = typed("word")
    queries: int = counted(AT_SIZE, "queries", MOST_TEXTS)
    documents: int = counted(AT_SIZE, "documents", MOST_TEXTS)
    texts: tuple[str, ...] = in_address((), Parameter("text", check_texts, text=True, repeated=True))
    measured: str = named("measured", check_corpus_name)
    depth: int = counted(20, "depth")
    pool: str = chosen("retrieved", "pool", POOLS)
    split: str = named("split")
    kind: str = named("kind")
    index: str = chosen(HNSW, "index", INDEXES)
    ef: int = counted(10, "ef", MOST_LOOKED_AT)
    probes: int = counted(1, "probes", MOST_LOOKED_AT)
    dimensions: int = counted(384, "dimensions", MOST_LOOKED_AT)
    precision: str = chosen(FLOAT, "precision", tuple(PRECISIONS))
    way: str = chosen(CUT, "way", WAYS)
    rescored: str = chosen("0", "rescored", RESCORED)
    step: int = counted(1, "step")
    view: str = chosen("", "view", ("", PROJECTOR))

    def __post_init__(self) -> None:
        for name, parameter in PARAMETERS.items():
            value = getattr(self, name)
            if isinstance(value, str) and _HALF.search(value):
                # Half of a surrogate pair is no character, and no address can hold it.
                object.__setattr__(self, name, _HALF.sub("\N{REPLACEMENT CHARACTER}", value))
            elif parameter.repeated and isinstance(value, tuple):
                whole = (_HALF.sub("\N{REPLACEMENT CHARACTER}", v) if isinstance(v, str) else v for v in value)
                object.__setattr__(self, name, tuple(whole))
            try:
                parameter.check(value)
            except ValueError:
                raise InvalidInput(f"{name} can't be shown by the page, got {quoted(value)}.") from None

    @property
    def own(self) -> bool:
        """Whether the corpus is a visitor's own, whose texts stay with the visitor."""
        return self.corpus == OWN_CORPUS or self.corpus.startswith(f"{OWN_CORPUS}-")

    @property
    def options(self) -> Options:
        """How the methods are put together, which expand the query, and what chunks are read."""
        window = int(self.window or 0)
        overlap = int(window * OVERLAPS[self.overlap])
        return Options(self.first or BI_ENCODER, self.fused, self.rule, self.expanded, window, overlap)

    def with_changes(self, **changes: Any) -> PageState:
        """This state with some fields changed. Raises InvalidInput as the class does."""
        return replace(self, **changes)

    def changed_from(self, before: PageState) -> set[str]:
        """The names of the fields in which this state differs from `before`."""
        return {name for name in PARAMETERS if getattr(self, name) != getattr(before, name)}

    def to_query(self) -> str:
        """The state as the query part of an address, at most 4,000 characters.

        Texts that don't fit, and texts from a visitor's own corpus, are left out; `without` then names them.
        """
        left_out = [p.name for p in PARAMETERS.values() if p.text and self.own and p.name in ("b", "text")]
        address = self._written(left_out)
        # Texts go first, the longest of them before the others; names in some scripts may be too long as well.
        sizes = sorted((p.text, len(self._written(_all_but(p.name))), p.name) for p in PARAMETERS.values())
        while len(address) > MAX_ADDRESS_CHARACTERS and sizes:
            left_out.append(sizes.pop()[2])
            address = self._written(left_out)
        return address

    def in_full(self) -> str:
        """As `to_query`, of any length and with every text: for the body of a request, never for an address."""
        return self._written(())

    def _written(self, left_out: Sequence[str]) -> str:
        pairs, missing = [], []
        for name, parameter in PARAMETERS.items():
            value = getattr(self, name)
            # The number of candidates is said with every query: it is part of what was asked.
            if value == DEFAULTS[name] and not (name == "candidates" and self.query):
                continue
            if parameter.name in left_out:
                missing.append(parameter.name)
                continue
            pairs += [(parameter.name, text) for text in (value if parameter.repeated else [parameter.write(value)])]
        if missing:
            pairs.append((WITHOUT, ",".join(missing)))
        return urlencode(pairs, safe=",/")

    @classmethod
    def from_query(cls, text: str, known: Known | None = None) -> tuple[PageState, list[str]]:
        """The state of an address, and what of it is not used: each as `name="value"`, or a name and why.

        A value that is unknown or that no page can show is passed over, so that its default stands. `known` says
        which corpora, methods and models there are (None: any corpus, the built-in methods and models).
        """
        found, ignored = _parameters(text)
        values: dict[str, Any] = {}
        by_name = {parameter.name: (name, parameter) for name, parameter in PARAMETERS.items()}
        for shown, given in found.items():
            if shown == WITHOUT:
                ignored += [f"{quoted(part, 20)}: left out of the address" for part in given[0].split(",")[:10]]
            elif shown not in by_name:
                ignored += [] if shown.startswith("__") else [_pair(shown, given[0])]
            else:
                name, parameter = by_name[shown]
                try:
                    value = tuple(given) if parameter.repeated else parameter.read(given[0])
                    parameter.check(value)
                    values[name] = (known or Known()).checked(name, value)
                    ignored += [] if parameter.repeated else [_pair(shown, more) for more in given[1:]]
                except ValueError:
                    ignored += [] if f"{shown}={given[0]}" in OF_GRADIO else [_pair(shown, given[0])]
        return cls(**values), ignored


PARAMETERS: Mapping[str, Parameter] = {each.name: each.metadata["parameter"] for each in fields(PageState)}
DEFAULTS: Mapping[str, Any] = {each.name: each.default for each in fields(PageState)}


@dataclass(frozen=True, slots=True)
class Known:
    """The names that an engine knows: corpora (None: any), methods, and models by role; and the steps of the lesson."""

    corpora: tuple[str, ...] | None = None
    methods: tuple[str, ...] = tuple(method.key for method in BUILT_IN)
    models: tuple[tuple[str, str], ...] = tuple((spec.role, spec.name) for spec in CATALOGUE.values())
    steps: int = MAX_CANDIDATES

    def checked(self, name: str, value: Any) -> Any:
        """`value` if the field `name` may have it. Raises ValueError."""
        if name in ("corpus", "measured") and self.corpora is not None and value and value not in self.corpora:
            raise ValueError
        if name == "step" and value > self.steps:
            raise ValueError
        if name in ("of", "seen", "first") and value and value not in self.methods:
            raise ValueError
        if name == "columns" and not set(value) <= set(self.methods):
            raise ValueError
        if name == "fused" and not (len(value) > 1 and set(value) <= {*self.methods} - {FUSION}):
            raise ValueError
        if name == "expanded" and not set(value) <= set(EXPANDING):
            raise ValueError
        if name in ("encoder", "scorer", "matcher") and value and (name, value) not in self.models:
            raise ValueError
        return value


def _all_but(name: str) -> list[str]:
    return [parameter.name for parameter in PARAMETERS.values() if parameter.name != name]


def _parameters(text: str) -> tuple[dict[str, list[str]], list[str]]:
    """Names and values of an address in order; what there are too many of is named."""
    found: dict[str, list[str]] = {}
    pairs = parse_qsl(text.removeprefix("?"), keep_blank_values=True, errors="replace") if text else []
    for name, value in pairs[:MAX_PARAMETERS]:
        found.setdefault(name, []).append(value)
    ignored = [f"{len(pairs) - MAX_PARAMETERS:,} more"] if len(pairs) > MAX_PARAMETERS else []
    return found, ignored


def _pair(name: str, value: str) -> str:
    return f"{quoted(name, 20)[1:-1]}={quoted(value)}"


def shortened(address: str) -> str:
    """An address that is short enough, for one that is not: what had to go is named in `without`."""
    state, ignored = PageState.from_query(address)
    kept = parse_qsl(state.to_query())
    gone = [part for name, value in kept if name == WITHOUT for part in value.split(",")]
    unused = {pair.partition("=")[0] for pair in ignored}
    gone += [p.name for p in PARAMETERS.values() if p.name in unused and p.name not in gone]
    named = ",".join(gone[:MAX_NAMED]) or "more"
    return urlencode([*((n, v) for n, v in kept if n != WITHOUT), (WITHOUT, named)], safe=",/")
