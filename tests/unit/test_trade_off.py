"""Recall against time on a corpus: against exact ids, kept beside the embeddings, and once for all who ask."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors import safe_open

from searchcore import Corpus, InvalidInput
from searchcore.evaluate import EXACT, HNSW, IVF, Neighbourhood, Setting, neighbour_steps, quickest_at
from searchcore.evaluate.tradeoff import EFS, NEIGHBOURS, PROBES
from searchcore.index import VectorIndex
from searchcore.neighbours import NeighbourGraph
from searchcore.running import finish
from searchcore.types import Progress
from tests.conftest import MakeEngine
from tests.fakes import bag_of_words, corpus_of, numbered_corpus

FILMS = 400
QUERY = "film about topic3 number12"


def around(make_engine: MakeEngine, corpus: Corpus, setting: Setting, query: str = QUERY) -> Neighbourhood:
    return finish(neighbour_steps(make_engine(corpus), corpus, query, setting))


def nearest(corpus: Corpus, query: str) -> list[str]:
    """The true neighbours, by hand."""
    cosines = np.stack([bag_of_words(d.passage) for d in corpus.documents]) @ bag_of_words(query)
    order = sorted(range(len(corpus)), key=lambda place: (-round(float(cosines[place]), 6), place))
    return [corpus.documents[place].doc_id for place in order[:NEIGHBOURS]]


@pytest.fixture
def films() -> Corpus:
    random = np.random.default_rng(3)
    words = [f"word{i}" for i in range(60)]
    texts = [" ".join(random.choice(words, 8)) for _ in range(FILMS)]
    return corpus_of(*texts, name="films", queries=[" ".join(random.choice(words, 4)) for _ in range(12)])


def test_the_neighbours_are_those_of_exact_search_and_the_missed_are_those_not_found(
    make_engine: MakeEngine, films: Corpus
) -> None:
    query = films.queries[0].text
    made = around(make_engine, films, Setting(IVF, 1), query)
    assert [document.doc_id for document, _ in made.exact] == nearest(films, query)
    found = {document.doc_id for document in made.found}
    missed = [document.doc_id for document in made.missed]
    assert missed and len(missed) + len(found) == NEIGHBOURS
    assert missed == [doc_id for doc_id in nearest(films, query) if doc_id not in found][: len(missed)]
    assert made.compared == made.cells.count + made.cells.sizes()[made.probed[0]] < len(films)


def test_recall_is_that_of_exact_ids_and_grows_with_how_hard_an_index_looks(
    make_engine: MakeEngine, films: Corpus
) -> None:
    made = around(make_engine, films, Setting(EXACT))
    trade = made.trade_off
    assert (trade.queries, trade.documents) == (12, 38)
    assert [p.setting.value for p in trade.of(HNSW)] == list(EFS)
    assert [p.setting.value for p in trade.of(IVF)] == [*(n for n in PROBES if n < made.cells.count), made.cells.count]
    assert trade.exact.recall.middle == 1
    for index in (HNSW, IVF):
        shares = [point.recall.middle for point in trade.of(index)]
        assert shares[0] < shares[-1] and shares[-1] >= 0.95
    assert all(0 < p.microseconds.low <= p.microseconds.middle <= p.microseconds.high for p in trade.points)
    assert made.compared == len(films) and not made.missed


def test_the_quickest_point_that_finds_enough_is_named(make_engine: MakeEngine, films: Corpus) -> None:
    trade = around(make_engine, films, Setting(EXACT)).trade_off
    best = quickest_at(trade, HNSW, 0.9)
    enough = [p for p in trade.of(HNSW) if p.recall.middle >= 0.9]
    assert best in enough and all(best.microseconds.middle <= p.microseconds.middle for p in enough)
    assert quickest_at(trade, HNSW, 1.1) is None


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        (Setting(HNSW, 9), "ef must be a whole number of at least k = 10, got 9."),
        (Setting(IVF, 11), "probes must be a whole number from 1 to 10 here, got 11."),
        (Setting(IVF, 0), "probes must be a whole number from 1 to 10 here, got 0."),
    ],
)
def test_what_an_index_cannot_do_is_refused_before_anything_is_measured(
    make_engine: MakeEngine, films: Corpus, setting: Setting, sentence: str
) -> None:
    engine = make_engine(films)
    with pytest.raises(InvalidInput) as caught:
        finish(neighbour_steps(engine, films, QUERY, setting))
    assert str(caught.value) == sentence


def test_an_index_that_nobody_knows_is_refused() -> None:
    with pytest.raises(InvalidInput, match="index must be one of: exact, hnsw, ivf; got"):
        Setting("annoy")


@pytest.mark.parametrize("texts", [["alone"], ["the same"] * 10, [f"text {i}" for i in range(11)]])
def test_one_document_ten_identical_ones_and_a_few_have_neighbours(make_engine: MakeEngine, texts: list[str]) -> None:
    corpus = corpus_of(*texts)
    for setting in (Setting(EXACT), Setting(HNSW, 10), Setting(IVF, 1)):
        made = around(make_engine, corpus, setting)
        assert len(made.exact) == min(NEIGHBOURS, len(texts)) and not made.missed
        assert made.trade_off.documents == len(texts)


def test_a_graph_is_built_once_and_kept_beside_the_embeddings(
    make_engine: MakeEngine, films: Corpus, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = around(make_engine, films, Setting(HNSW, 20))
    kinds = []
    for path in cache_folder.glob("*.safetensors"):
        with safe_open(path, framework="numpy") as file:
            kinds += list(file.keys())
    assert sorted(kinds) == ["embeddings", "links"]

    def built(*args: Any) -> None:
        raise AssertionError("a graph that is kept was built again")

    monkeypatch.setattr(NeighbourGraph, "_built", built)
    again = around(make_engine, films, Setting(HNSW, 20))
    assert again.walk == first.walk and again.found == first.found


def test_a_damaged_graph_is_built_again(make_engine: MakeEngine, films: Corpus, cache_folder: Path) -> None:
    first = around(make_engine, films, Setting(HNSW, 20))
    sizes = {path: path.stat().st_size for path in cache_folder.glob("*.safetensors")}
    links = min(sizes, key=lambda path: sizes[path])
    links.write_bytes(links.read_bytes()[:-200] + bytes(200))
    assert around(make_engine, films, Setting(HNSW, 20)).walk == first.walk
    assert links.with_suffix(".damaged").exists()


def test_a_graph_of_a_visitors_own_texts_stays_in_memory(make_engine: MakeEngine, cache_folder: Path) -> None:
    around(make_engine, numbered_corpus(50, shared=False), Setting(HNSW, 10))
    assert not list(cache_folder.glob("*"))


def test_what_is_measured_once_is_known_to_all(make_engine: MakeEngine, films: Corpus) -> None:
    engine = make_engine(films)
    told: list[Progress] = []
    first = finish(neighbour_steps(engine, films, QUERY, Setting(EXACT)), told.append)
    assert {step.activity for step in told} >= {"embedding", "linking", "measuring"}
    told.clear()
    again = finish(neighbour_steps(engine, films, QUERY, Setting(HNSW, 40)), told.append)
    assert again.trade_off == first.trade_off and told == []


def test_measuring_can_be_stopped(make_engine: MakeEngine, films: Corpus) -> None:
    work = neighbour_steps(make_engine(films), films, QUERY, Setting(EXACT))
    for step in work:
        if isinstance(step, Progress) and step.activity == "measuring":
            break
    work.close()
    # Whoever asks later gets all points.
    assert len(around(make_engine, films, Setting(EXACT)).trade_off.points) > len(EFS)


class Elsewhere:
    """An index that is no matrix, and misses half of what there is; it counts how often it hands its vectors over."""

    def __init__(self, exact: VectorIndex) -> None:
        self._exact, self.handed_over = exact, 0
        self.fingerprint = exact.fingerprint

    def __len__(self) -> int:
        return len(self._exact)

    def search(self, vectors: Any, k: int, among: Any = None) -> Any:
        return self._exact.search(vectors, k, range(0, len(self), 2))

    def vectors(self, positions: Any) -> Any:
        self.handed_over += len(positions)
        return self._exact.vectors(positions)


def test_the_truth_is_exact_search_where_an_engine_keeps_the_vectors_too(
    make_engine: MakeEngine, films: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = make_engine(films)
    elsewhere = Elsewhere(finish(engine.index(films)))

    def index(corpus: Corpus, encoder: Any) -> Any:
        yield from ()
        return elsewhere

    monkeypatch.setattr(engine.resources, "index", index)
    query = films.queries[0].text
    for _ in range(2):
        made = finish(neighbour_steps(engine, films, query, Setting(EXACT)))
        assert [document.doc_id for document, _ in made.exact] == nearest(films, query)
        assert elsewhere.handed_over == len(films)
