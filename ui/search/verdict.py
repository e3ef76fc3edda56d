"""The first line above the columns: whether reranking helped, where somebody knows, or how far the models disagree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from searchcore.evaluate import NDCG, JudgedRanking, decisive
from searchcore.ranking import BI_ENCODER, CROSS_ENCODER, FUSION, Method
from searchcore.types import QueryCut, Ranking, SearchResult
from ui import words
from ui.draw.numbers import shortened
from ui.draw.svg import Drawing, Scale
from ui.draw.template import fill
from ui.search.hits import short_title

ID_CHARACTERS = 60
CURVE_WIDTH, CURVE_HEIGHT = 150, 34


def verdict(
    result: SearchResult, judged: Mapping[str, JudgedRanking], methods: Mapping[str, Method], *, own: bool = False
) -> str:
    """One or two sentences; `own`: the judgements are the visitor's."""
    after = _reranked(result)
    if after is None:
        return _alone(result, judged, methods)
    before = result.rankings.get(after.reranks or "")
    name = "Reranking" if after.method == CROSS_ENCODER else methods[after.method].title
    found = judged.get(after.method)
    if found is None or before is None:
        return f"Nobody has judged this query: {_disagreement(after)}."
    was = judged[before.method].ndcg
    by_whom = f"By your {words.count(len(found.grades), 'grade')}, " if own else ""
    head = f"{by_whom}{name if not own else name.lower()} {_change(was, found.ndcg)}."
    return f"{head} {_deciding(result, after, found, was)}".strip()


def hybrid(judged: Mapping[str, JudgedRanking]) -> str:
    """What fusion found that the bi-encoder did not, and whether its top is better; empty where one is not there."""
    fusion, single = judged.get(FUSION), judged.get(BI_ENCODER)
    if fusion is None or single is None:
        return ""
    relevant = len(fusion.ideal)
    more, fewer = (relevant - len(each.missed) for each in (fusion, single))
    bought = "more" if more > fewer else "fewer" if more < fewer else "no more"
    found = f"Of {words.count(relevant, 'relevant document')}, fusion has {more} and the bi-encoder {fewer}"
    at_the_top = f"{words.share(fusion.ndcg)} and {words.share(single.ndcg)}"
    return f"{found}: {bought} for a reranker to find. The orders themselves: {NDCG.name} {at_the_top}."


def own_document(result: SearchResult) -> str:
    """That the document with the query's own id is in no ranking, where there is one."""
    if result.excluded is None:
        return ""
    shown = shortened(result.excluded, ID_CHARACTERS)
    return f"The document with this query’s own id, “{shown}”, is left out, as in BEIR."


def query_cuts(result: SearchResult, methods: Mapping[str, Method]) -> str:
    """Which methods did not read the query to its end, and how much of it; empty where all did."""
    return " ".join(
        _query_cut(methods[key].title, ranking.query_cut, len(ranking.hits))
        for key, ranking in result.rankings.items()
        if ranking.query_cut is not None
    )


def _query_cut(title: str, cut: QueryCut, pairs: int) -> str:
    name = f"The {title.lower()}" if title.endswith("encoder") else title
    read = f"the first {cut.tokens - cut.unread:,} of the query’s {words.count(cut.tokens, 'token')}"
    were = f"{cut.unread:,} {'was' if cut.unread == 1 else 'were'} cut"
    if cut.pairs is None:
        return f"{name} read {read}; {were}."
    return f"{name} read at least {read}; up to {were}, in {cut.pairs} of {words.count(pairs, 'pair')}."


def _change(was: float, now: float) -> str:
    figures = f"{NDCG.name} {words.share(was)} → {words.share(now)}"
    if abs(now - was) < words.CHANGED:
        return f"changed nothing: {figures} (less than {words.share(words.CHANGED)} apart)"
    return f"{'helped' if now > was else 'hurt'}: {figures}"


def _deciding(result: SearchResult, after: Ranking, found: JudgedRanking, was: float) -> str:
    hit = decisive(found.grades, after) if abs(found.ndcg - was) >= words.CHANGED else None
    if hit is None:
        return ""
    direction = "rose" if hit.rank < (hit.rank_before or hit.rank) else "fell"
    return f"“{short_title(result.corpus, hit.doc_id)}” {direction} from {hit.rank_before} to {hit.rank}."


def _disagreement(after: Ranking) -> str:
    moved = sum(hit.rank_before != hit.rank for hit in after.hits)
    places = words.count(len(after.hits), "place")
    return f"the models disagree on {moved} of {places}" if moved else f"the models agree on all {places}"


def _alone(result: SearchResult, judged: Mapping[str, JudgedRanking], methods: Mapping[str, Method]) -> str:
    """Rankings that reorder nothing that is shown."""
    figures = [f"{methods[key].title} {words.share(found.ndcg)}" for key, found in judged.items()]
    if figures:
        return f"{NDCG.name}: {', '.join(figures)}."
    return (
        f"Nobody has judged this query: {words.count(len(result.rankings), 'ranking')}, and nobody knows who is right."
    )


def _reranked(result: SearchResult) -> Ranking | None:
    """The ranking that the verdict is about: the cross-encoder's, else the last one that reorders another."""
    reranked = [made for made in result.rankings.values() if made.reranks in result.rankings and made.hits]
    return next((made for made in reranked if made.method == CROSS_ENCODER), reranked[-1] if reranked else None)


def curve(values: Sequence[float], cut: int) -> Markup:
    """nDCG@10 against the number of candidates, as far as they are scored, with the cut marked."""
    if len(values) <= 1:
        return Markup("")
    now = values[min(cut, len(values)) - 1]
    said = f"nDCG@10 by candidates, 1 to {len(values)}; at the cut of {cut}: {words.share(now)}"
    drawing = Drawing(CURVE_WIDTH, CURVE_HEIGHT, said, "ss-depth-curve")
    x, y = Scale(1, len(values), 4, CURVE_WIDTH - 4), Scale(0, 1, CURVE_HEIGHT - 3, 3)
    drawing.path([(x(depth), y(value)) for depth, value in enumerate(values, start=1)], "ss-series ss-cross_encoder")
    at = x(min(cut, len(values)))
    drawing.line(at, 0, at, CURVE_HEIGHT, "ss-cut-mark")
    drawing.dot(at, y(now), "ss-dot ss-cross_encoder", said, 4)
    best = max(values)
    best_at = next(depth for depth, value in enumerate(values, start=1) if value == best)
    return fill(
        '<figure class="ss-depth" data-values="{}">{}<figcaption>{}</figcaption></figure>',
        " ".join(f"{value:.4f}" for value in values),
        drawing.markup(),
        f"nDCG@10 by candidates; best {words.share(best)} at {best_at}",
    )
