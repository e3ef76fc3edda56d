"""Several rankings made into one: reciprocal ranks added up, or scores brought to one range and averaged.

Reciprocal rank fusion: Cormack, Clarke and Büttcher 2009. The average of min-max scores: Lee 1997 calls it CombSUM.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

from searchcore.checks import MAX_CANDIDATES
from searchcore.ranking.method import FUSION, Method, Scale
from searchcore.request import RECIPROCAL_RANKS, Request
from searchcore.running import Work
from searchcore.types import Hit, Ranking, Share

# Ranks count from K + 1 on, so that the first places differ by little; the paper's value.
K = 60
# What reads the corpus is read as deep as can be asked for, so that a longer list begins as a shorter one does.
DEPTH = MAX_CANDIDATES
# Added in another order, the same shares would differ in their last digits.
DECIMALS = 9


class Fusion:
    """One ranking of the methods `fused`, two or more, by a rule of `searchcore.request.RULES`.

    Needs nothing but their rankings. A document that one of them does not have gets nothing from it.
    """

    key = FUSION
    title = "Fusion"
    reranks = None

    def __init__(self, fused: Mapping[str, Method], rule: str = RECIPROCAL_RANKS) -> None:
        self._fused = dict(fused)
        self._by_ranks = rule == RECIPROCAL_RANKS
        # Those that reorder candidates are run before; the others are read deeper than they are shown.
        self.needs = tuple(key for key, method in self._fused.items() if method.reranks is not None)

    @property
    def models(self) -> tuple[str, ...]:
        """Those of the methods that it runs itself."""
        run = [method for key, method in self._fused.items() if key not in self.needs]
        return tuple(dict.fromkeys(role for method in run for role in method.models))

    @property
    def citation(self) -> str:
        """Where its rule comes from."""
        if self._by_ranks:
            return "Cormack, Clarke and Büttcher 2009, Reciprocal Rank Fusion"
        return "Lee 1997, Analyses of Multiple Evidence Combination"

    @property
    def scale(self) -> Scale:
        """Sums of reciprocal ranks are small; an average of min-max scores is from 0 to 1."""
        if self._by_ranks:
            return Scale("reciprocal ranks", "bar: share of the best score", decimals=4)
        return Scale("min-max score", "bar: from 0 to 1", high=1.0, decimals=3)

    def passes(self, n: int) -> int:
        """Those of the methods that it runs itself."""
        return sum(method.passes(n) for key, method in self._fused.items() if key not in self.needs)

    def rank(self, request: Request, before: Mapping[str, Ranking]) -> Work[Ranking]:
        """See Method.rank."""
        rankings: dict[str, Ranking] = {}
        deep = replace(request, candidates=min(DEPTH, request.most))
        for key, method in self._fused.items():
            if key in self.needs:
                rankings[key] = before[key]
            else:
                made = method.rank(deep, before)
                rankings[key] = made if isinstance(made, Ranking) else (yield from made)
        began = time.perf_counter()
        share = _by_ranks if self._by_ranks else _by_scores
        shares: dict[str, list[Share]] = {}
        for key, ranking in rankings.items():
            for doc_id, one in share(key, ranking, len(rankings)).items():
                shares.setdefault(doc_id, []).append(one)
        hits = _ordered(request, shares)
        took = (time.perf_counter() - began) * 1000
        run = [ranking for key, ranking in rankings.items() if key not in self.needs]
        return Ranking(
            self.key,
            "reciprocal rank fusion" if self._by_ranks else "average of min-max scores",
            hits,
            milliseconds=took + sum(each.milliseconds for each in run),
            measured_milliseconds=took + sum(each.measured_milliseconds for each in run),
            passes_needed=sum(each.passes_needed for each in run),
            passes_run=sum(each.passes_run for each in run),
            shares={hit.doc_id: tuple(shares[hit.doc_id]) for hit in hits},
        )


def _ordered(request: Request, shares: Mapping[str, list[Share]]) -> tuple[Hit, ...]:
    scores = {doc_id: round(sum(each.value for each in added), DECIMALS) for doc_id, added in shares.items()}
    position = request.corpus.position
    best = sorted(scores, key=lambda doc_id: (-scores[doc_id], position(doc_id)))[: request.candidates]
    return tuple(Hit(rank, doc_id, scores[doc_id]) for rank, doc_id in enumerate(best, start=1))


def _by_ranks(method: str, ranking: Ranking, methods: int) -> dict[str, Share]:
    return {hit.doc_id: Share(method, hit.rank, 1 / (K + hit.rank), f"1/({K}+{hit.rank})") for hit in ranking.hits}


def _by_scores(method: str, ranking: Ranking, methods: int) -> dict[str, Share]:
    """Each score between the lowest (0) and the highest (1) of its ranking, all methods counting alike."""
    scores = [hit.score for hit in ranking.hits]
    low, width = min(scores, default=0.0), max(scores, default=0.0) - min(scores, default=0.0)
    # Where all scores are the same, all are the best.
    scaled = {hit.doc_id: (hit.score - low) / width if width else 1.0 for hit in ranking.hits}
    return {
        hit.doc_id: Share(method, hit.rank, scaled[hit.doc_id] / methods, f"{scaled[hit.doc_id]:.3f}/{methods}")
        for hit in ranking.hits
    }
