"""What smaller vectors find on a corpus: held to exact ids and to the evaluation of whole vectors."""

from __future__ import annotations

import numpy as np
import pytest

from searchcore import Corpus
from searchcore.evaluate import Smaller, evaluate, smaller_steps
from searchcore.neighbours import BINARY, PCA, Kept, SmallerVectors
from searchcore.running import finish
from tests.conftest import MakeEngine
from tests.fakes import bag_of_words, corpus_of

WORDS = [f"word{i}" for i in range(40)]


@pytest.fixture
def judged() -> Corpus:
    random = np.random.default_rng(5)
    texts = [" ".join(random.choice(WORDS, 6)) for _ in range(120)]
    plain = corpus_of(*texts, name="judged", queries=[" ".join(random.choice(WORDS, 3)) for _ in range(8)])
    qrels = {f"q{i}": {f"d{place}": 1 + place % 3 for place in range(i, 120, 17)} for i in range(6)}
    return plain.with_judgements(plain.queries, qrels)


def smaller(make_engine: MakeEngine, corpus: Corpus, kept: Kept) -> Smaller:
    return finish(smaller_steps(make_engine(corpus), corpus, kept))


def test_recall_is_that_of_exact_ids(make_engine: MakeEngine, judged: Corpus) -> None:
    kept = Kept(32, BINARY)
    made = smaller(make_engine, judged, kept)
    matrix = np.stack([bag_of_words(d.passage) for d in judged.documents])
    queries = np.stack([bag_of_words(query.text) for query in judged.queries])
    cosines = np.round(queries @ matrix.T, 6)
    # Of equally near ones any may be found.
    near = [{place for place in range(120) if row[place] >= sorted(row)[-10]} for row in cosines]
    found = SmallerVectors(matrix, kept).search(queries, 10).tolist()
    shares = [len({*one} & other) / 10 for one, other in zip(found, near, strict=True)]
    assert made.chosen.kept == kept and made.chosen.recall == pytest.approx(np.mean(shares))


def test_whole_vectors_find_all_and_have_the_ndcg_of_the_evaluation(make_engine: MakeEngine, judged: Corpus) -> None:
    made = smaller(make_engine, judged, Kept(64))
    by_bi_encoder = evaluate(make_engine(judged), judged, methods=["bi_encoder"])
    assert made.whole.recall == 1 and (made.queries, made.judged) == (8, 6)
    assert made.whole.ndcg == pytest.approx(by_bi_encoder.measures["bi_encoder"]["nDCG@10"])


def test_the_curve_has_the_chosen_dimensions_and_no_more_than_there_are(
    make_engine: MakeEngine, judged: Corpus
) -> None:
    made = smaller(make_engine, judged, Kept(50))
    assert [p.kept.dimensions for p in made.points if p.kept.dimensions <= 64] == [16, 32, 50, 64]
    assert made.points[-1].kept.dimensions == made.most == made.whole.kept.dimensions
    beyond = smaller(make_engine, judged, Kept(5_000))
    assert beyond.chosen.kept.dimensions == made.most and beyond.chosen.recall == 1


def test_there_are_no_more_components_than_documents(make_engine: MakeEngine) -> None:
    few = corpus_of("one", "two words", "three more words")
    made = smaller(make_engine, few, Kept(384, way=PCA))
    assert made.most == 3 and [p.kept.dimensions for p in made.points] == [3]
    assert made.points[0].ndcg is None and made.judged == 0 and made.queries == 3


def test_what_was_tried_once_is_known(make_engine: MakeEngine, judged: Corpus) -> None:
    engine, told = make_engine(judged), list[object]()
    first = finish(smaller_steps(engine, judged, Kept(32)), told.append)
    told.clear()
    again = finish(smaller_steps(engine, judged, Kept(64)), told.append)
    assert again.points == first.points and again.chosen != first.chosen
