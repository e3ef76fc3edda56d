"""The same search again, when all is remembered, against the first: in the process, and by the page's HTTP calls."""

from __future__ import annotations

from benchmarks.machine import machine
from benchmarks.measure import Comparison, seconds
from benchmarks.page_client import PageClient
from benchmarks.peer import CORPUS, PEER, peer_program
from benchmarks.percentiles import shown
from benchmarks.questions import unseen
from benchmarks.served import OURS, filled_cache, served
from searchcore import Engine
from searchcore.index import EmbeddingCache

SEED = 3


def main(rounds: int = 7) -> None:
    """Print how a repeated search compares with the first, and with the peer's repeated one."""
    print(f"\n{machine()}\nA search of {CORPUS} with 20 candidates, and the same search again; {rounds} queries")
    cache = filled_cache()
    with peer_program() as peer:
        engine = Engine(cache=EmbeddingCache(cache))
        queries = unseen([document.passage for document in engine.corpora[CORPUS].documents], SEED)
        engine.search(CORPUS, next(queries))
        pairs, told = [], []
        for query in (next(queries) for _ in range(rounds)):
            pairs.append((seconds(lambda: engine.search(CORPUS, query)), seconds(lambda: engine.search(CORPUS, query))))  # noqa: B023
            repeated = engine.search(CORPUS, query)
            told.append(sum(ranking.milliseconds for ranking in repeated.rankings.values()) / 1000)
        engine.close()
        first, again = zip(*pairs, strict=True)
        print("in the process")
        Comparison(again, first).show("again", "the first time")
        print(f"  the repeated search took {shown(again)}, and says {shown(told)}")
        with served(OURS, cache) as app, served(peer) as other:
            app.wait_for_page(), other.wait_for_page()
            page, theirs = PageClient(app.port), PageClient(other.port)
            page.wait_until_ready()
            page.ask(next(queries)), theirs.ask(next(queries))
            asked = [next(queries) for _ in range(rounds)]
            ours = [
                (page.ask(query).whole, page.ask(query).whole, theirs.ask(query).whole, theirs.ask(query).whole)
                for query in asked
            ]
        first, again, _, peers = zip(*ours, strict=True)
        print("by the page's own calls over HTTP")
        Comparison(again, first).show("again", "the first time")
        Comparison(again, peers).show("again", f"again, {PEER}")


if __name__ == "__main__":
    main()
