"""The evaluations that all pages share: made once for all who wait, and kept by what the corpus holds."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace

import pytest

from searchcore import Cancelled, Corpus, Document, Engine, InvalidInput, Query
from searchcore.running import finish
from tests.conftest import MakeEngine
from tests.fakes import FakeScorer
from ui.evaluate import evaluations as module
from ui.evaluate.downloads import csv_of, runs_of
from ui.evaluate.evaluations import Evaluations, Made
from ui.evaluate.report import caption

PATIENCE = 20.0


def judged(text: str = "a whale at sea", doc_id: str = "d0") -> Corpus:
    """Two documents and one judged query."""
    return Corpus(
        "films",
        (Document(doc_id, text), Document("d1", "a war")),
        queries=(Query("q", "whale"),),
        qrels={"q": {doc_id: 2}},
        shared=True,
    )


@pytest.fixture
def tested(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """Collects each time that the tests of significance are run."""
    ran: list[object] = []
    tests_of = module.tests_of

    def counted(evaluation: object) -> dict[str, dict[str, float]]:
        ran.append(evaluation)
        return tests_of(evaluation)

    monkeypatch.setattr(module, "tests_of", counted)
    yield ran


def test_five_who_ask_at_once_share_one_evaluation_and_one_test_of_significance(
    make_engine: MakeEngine, tested: list[object]
) -> None:
    scorer = FakeScorer(gate=threading.Event())
    engine, shared = make_engine(judged(), scorer=scorer), Evaluations()
    made: list[Made] = []
    threads = [
        threading.Thread(target=lambda: made.append(finish(shared.of(engine, "films", 5, "retrieved"))))
        for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    assert scorer.started.wait(PATIENCE)
    scorer.gate.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(made) == 5
    assert len({id(each) for each in made}) == 1
    assert finish(shared.of(engine, "films", 5, "retrieved")) is made[0]
    assert len(tested) == 1
    assert len(scorer.pairs) == 2


def test_a_changed_folder_of_the_same_name_is_evaluated_anew(make_engine: MakeEngine, tested: list[object]) -> None:
    shared = Evaluations()
    first = finish(shared.of(make_engine(judged()), "films", 5, "retrieved"))
    again = finish(shared.of(make_engine(judged()), "films", 5, "retrieved"))
    changed = finish(shared.of(make_engine(judged("a dog")), "films", 5, "retrieved"))
    assert again is first
    assert changed is not first
    assert len(tested) == 2


def test_each_split_is_an_evaluation_of_its_own(make_engine: MakeEngine) -> None:
    shared = Evaluations()
    engine = make_engine(replace(judged(), other_splits={"dev": {"q": {"d1": 1}}}))
    first, dev = (finish(shared.of(engine, "films", 5, "retrieved", split)) for split in ("test", "dev"))
    assert (first.evaluation.split, dev.evaluation.split) == ("test", "dev")
    assert first.evaluation.queries[0].measures != dev.evaluation.queries[0].measures
    assert csv_of(first.evaluation) != csv_of(dev.evaluation)
    assert shared.kept(engine, "films", 5, "retrieved") is first
    assert shared.kept(engine, "films", 5, "retrieved", "dev") is dev
    assert "judgements: dev" in caption(dev.evaluation)


def test_the_files_hold_every_query_and_a_run_for_each_method(make_engine: MakeEngine) -> None:
    engine = make_engine(judged())
    made = finish(Evaluations().of(engine, "films", 5, "retrieved"))
    assert csv_of(made.evaluation).startswith(b"query_id,query,kind,method")
    with zipfile.ZipFile(io.BytesIO(runs_of(made.evaluation))) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == sorted(f"{key}.run" for key in engine.methods)


def test_ids_that_no_trec_run_can_hold_cost_the_runs_alone(make_engine: MakeEngine) -> None:
    made = finish(Evaluations().of(make_engine(judged(doc_id="d 0")), "films", 5, "retrieved"))
    with pytest.raises(InvalidInput, match="d 0"):
        runs_of(made.evaluation)
    assert csv_of(made.evaluation)


def test_an_evaluation_of_ones_own_corpus_goes_with_it(make_engine: MakeEngine) -> None:
    shared = Evaluations()
    engine = make_engine(judged())
    own = replace(judged(), name="own", shared=False)
    first, second = (engine.beside({"own": each}, {}) for each in (own, replace(own)))
    made = finish(shared.of(first, "own", 5, "retrieved"))
    assert shared.kept(first, "own", 5, "retrieved") is made
    # Not even another's corpus of the same texts has it.
    assert shared.kept(second, "own", 5, "retrieved") is None
    assert len(shared._made._made._items) == 0


def test_an_evaluation_that_the_last_one_leaves_is_given_up(make_engine: MakeEngine) -> None:
    scorer = FakeScorer(gate=threading.Event())
    engine: Engine = make_engine(judged(), scorer=scorer)
    shared = Evaluations()
    works = [shared.of(engine, "films", 5, "retrieved") for _ in range(2)]
    for work in works:
        next(work)
    assert scorer.started.wait(PATIENCE)
    works[0].close()
    works[1].close()
    line = engine.resources._lines.of(scorer.name)
    [place] = line._places
    version = place.job.version
    while not place.job.cancelled:
        assert place.job.wait_beyond(version, PATIENCE)
        version = place.job.version
    scorer.gate.set()
    with pytest.raises(Cancelled):
        place.job.result()
    assert len(scorer.pairs) == 1
