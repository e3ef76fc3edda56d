"""Runs where there is no network but this machine's own: a real Milvus, and what is to be shown on it.

`inside.py FOLDER`: writes FOLDER/told.json. The server listens on every address whatever it is told, and has no
password: never start it where a network can be reached.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

from milvus import MilvusServer

from searchcore import Corpus, Engine, IndexUnavailable, evaluate
from searchcore.index import milvus as vectors_in_milvus
from searchcore.types import Document
from tests.scale.corpora import engines

# Where it leaves folders, whatever it is told.
LEAVES = (Path("/tmp/milvus"), Path("/run/milvus"))
METHODS = ("bi_encoder",)
TOP = 20


@contextmanager
def serving(folder: Path) -> Iterator[MilvusServer]:
    """A server whose data are in `folder`; what it leaves elsewhere is in memory, and gone with this namespace."""
    for left in LEAVES:
        left.mkdir(exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "none", str(left)], check=True)
    server = MilvusServer()
    server.set_base_dir(str(folder))
    server.start()
    try:
        yield server
    finally:
        server.stop()


def top(engine: Engine, corpus: Corpus, query: str) -> tuple[list[tuple[str, float]], float]:
    """The ids and cosines of the first twenty, and the milliseconds that comparing took."""
    ranking = engine.search(corpus, query, TOP, METHODS).rankings["bi_encoder"]
    again = engine.search(corpus, query, TOP, METHODS).rankings["bi_encoder"]
    return [(hit.doc_id, hit.score) for hit in ranking.hits], again.milliseconds


def same_top(plain: Engine, there: Engine, corpus: Corpus) -> dict[str, Any]:
    """Of the corpus's judged queries, how many there are, and those whose first twenty differ; times of each."""
    asked = [query.text for query in corpus.queries if corpus.grades(query.query_id)]
    pairs = [(top(plain, corpus, text), top(there, corpus, text)) for text in asked]
    return {
        "queries": len(asked),
        "differ": [text for text, ((a, _), (b, _)) in zip(asked, pairs, strict=True) if a != b],
        "milliseconds": [median(times) for times in zip(*((a[1], b[1]) for a, b in pairs), strict=True)],
    }


def shared_of_top(plain: Engine, there: Engine, corpus: Corpus) -> float:
    """Which part of the first twenty, by exact search, is found."""
    asked = [query.text for query in corpus.queries if corpus.grades(query.query_id)]
    found = [
        ({d for d, _ in top(plain, corpus, text)[0]}, {d for d, _ in top(there, corpus, text)[0]}) for text in asked
    ]
    return sum(len(a & b) for a, b in found) / (TOP * len(found))


def measures(engine: Engine, corpus: Corpus) -> Any:
    """All measures, query by query, without times."""
    found = evaluate(engine, corpus, TOP, METHODS)
    return [asdict(query)["measures"] for query in found.queries], found.measures["bi_encoder"]


def changed(corpus: Corpus) -> Corpus:
    """The same corpus with its first document gone, its second one's text the third one's, and one more."""
    documents = corpus.documents
    second = Document(documents[1].doc_id, documents[2].text, documents[2].title)
    return Corpus(corpus.name, (second, *documents[2:50], Document("new", documents[0].text)), shared=True)


def main(folder: Path) -> None:
    logging.disable(logging.WARNING)
    told: dict[str, Any] = {}
    began = time.monotonic()

    def lap(name: str) -> None:
        nonlocal began
        told.setdefault("seconds", {})[name] = round(time.monotonic() - began, 1)
        print(name, told["seconds"][name], flush=True)
        began = time.monotonic()

    with serving(folder / "milvus") as server:
        lap("start")
        address = f"http://127.0.0.1:{server.listen_port}"
        corpus, [plain, there, later] = engines("", address, address)
        top(plain, corpus, corpus.queries[0].text)
        lap("vectors in memory")
        top(there, corpus, corpus.queries[0].text)
        lap("fill")
        told["flat"] = same_top(plain, there, corpus)
        told["same_measures"] = measures(plain, corpus) == measures(there, corpus)
        lap("search")
        told["changed"] = [
            top(plain, other, text)[0] == top(there, other, text)[0]
            for other in (changed(corpus), corpus)
            for text in [query.text for query in corpus.queries[:5]]
        ]
        lap("change")
        server.server_proc.kill()
        server.server_proc.wait()
        try:
            there.search(corpus, "1234", TOP, METHODS)
        except IndexUnavailable as error:
            told["gone"] = str(error)
        # As it was: it would take another port, since connections of the killed one are still known to the system.
        server.config.resolve = lambda: None
        server.start()
        lap("killed and started")
        told["back"] = same_top(plain, later, corpus)["differ"]
        lap("back")
        vectors_in_milvus.FLAT_DOCUMENTS = 0
        graph = Corpus(
            f"{corpus.name} as a graph", corpus.documents, queries=corpus.queries, qrels=corpus.qrels, shared=True
        )
        # Another corpus of the same documents has the same vectors: the one before must not be taken for it.
        for name in there.resources._engine._names():  # type: ignore[union-attr]
            there.resources._engine._drop(name)  # type: ignore[union-attr]
        told["graph"] = round(shared_of_top(plain, there, graph), 3)
        lap("graph")
        told["left"] = len(there.resources._engine._names())  # type: ignore[union-attr]
        for engine in (plain, there, later):
            engine.close()
    (folder / "told.json").write_text(json.dumps(told, indent=1), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
