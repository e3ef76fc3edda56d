"""How long a search takes once all is warm, for queries that nobody has asked: in the process, by HTTP, in a browser.

By HTTP means the page's own calls, each with its drawing; in the browser it is from Enter to what can be read.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

from benchmarks.browsing import visiting
from benchmarks.machine import machine
from benchmarks.page_client import PageClient
from benchmarks.peer import CORPUS, PEER, peer_program
from benchmarks.percentiles import show_ratio, shown
from benchmarks.questions import unseen
from benchmarks.served import OURS, Served, filled_cache, served
from searchcore import Corpus, Engine
from searchcore.corpora import find_corpora
from searchcore.index import EmbeddingCache
from tests.browser.chromium import browsing

Times = list[tuple[float, float]]


def main(queries: int = 20) -> None:
    """Print p50 and p95 of the first column and of the whole search, for each corpus and each way."""
    corpora = find_corpora()[0]
    asked = {name: unseen([d.passage for d in corpus.documents], seed=len(name)) for name, corpus in corpora.items()}
    number = {name: queries if name == CORPUS else max(queries // 2, 1) for name in corpora}
    print(
        f"\n{machine()}\nA search that nobody has made, 20 candidates, everything warm; {queries} queries of {CORPUS},"
    )
    print(f"{number['toy']} of each other corpus")
    cache = filled_cache()
    with peer_program() as peer:
        engine = Engine(cache=EmbeddingCache(cache))
        for name, corpus in corpora.items():
            show(
                f"{name}, in the process",
                [in_process(engine, corpus, query) for query in some(asked[name], number[name])],
            )
        engine.close()
        with served(OURS, cache) as app:
            app.wait_for_page()
            page = PageClient(app.port)
            page.wait_until_ready()
            for name in corpora:
                times = [by_http(page, name, query) for query in some(asked[name], number[name])]
                show(f"{name}, by HTTP", times)
            with served(peer) as other:
                other.wait_for_page()
                compare(page, PageClient(other.port), some(asked[CORPUS], queries))
            for name in corpora:
                show(f"{name}, in the browser", in_browser(app, name, some(asked[name], number[name])))


def some(queries: Iterator[str], number: int) -> list[str]:
    """The next ones, after one for warming up."""
    return [next(queries) for _ in range(number + 1)]


def show(title: str, times: Times) -> None:
    """Print both percentiles of both moments; the first search is not counted."""
    first, whole = zip(*times[1:], strict=True)
    print(f"  {title:24} first column {shown(first)}; whole {shown(whole)}", flush=True)


def in_process(engine: Engine, corpus: Corpus, query: str) -> tuple[float, float]:
    """Seconds to the first item of engine.stream, and to the last."""
    began = time.perf_counter()
    steps = [time.perf_counter() - began for _ in engine.stream(corpus, query)]
    return steps[0], steps[-1]


def by_http(page: PageClient, corpus: str, query: str) -> tuple[float, float]:
    """Seconds to the first column and to the whole, by the page's own calls. Raises RuntimeError for an error."""
    answer = page.ask(query, corpus)
    if answer.error or answer.refused:
        raise RuntimeError(answer.error or "refused")
    return answer.first, answer.whole


def in_browser(app: Served, corpus: str, queries: list[str]) -> Times:
    """Seconds from Enter to the first column, and to the whole."""
    with browsing() as browser, visiting(browser, app.url) as visitor:
        visitor.open_at(f"/?corpus={corpus}")
        return [visitor.ask(query) for query in queries]


def compare(page: PageClient, peer: PageClient, queries: list[str]) -> None:
    """Ours and the peer in turn, by HTTP."""
    pairs = [(page.ask(query, CORPUS).whole, peer.ask(query).whole) for query in queries][1:]
    ours, theirs = zip(*pairs, strict=True)
    print(f"  {CORPUS}, by HTTP, in turn with {PEER}: {shown(theirs)}")
    show_ratio("whole search, p50", median(ours), median(theirs))


if __name__ == "__main__":
    main()
