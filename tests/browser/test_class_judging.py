"""The class judges in real browsers, and its own judgements score the models on the spot."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from searchcore.corpora.archive import read_archive
from tests.browser.classroom import Class, Phone, class_of
from tests.planets import DOCS, QUERIES
from tests.server import Server

CORPUS, QUERY, DEPTH = "planets", "planet that is not near the Sun", 5
BUILT_IN = next(qrels for _, text, _, qrels in QUERIES if text == QUERY)
METHODS = ["bm25", "bi_encoder", "fusion", "cross_encoder", "late_interaction"]
DISPUTED, CHANGED = "neptune", "sun"


@dataclass(frozen=True)
class Judging:
    """A whole round of judging, which is revealed: what each phone was handed, and what could be read meanwhile."""

    room: Class
    handed: list[list[str]]
    progress: str
    seen: list[str]

    def of_lecturer(self, selector: str) -> Locator:
        """A part of the lecturer's screen."""
        return self.room.lecturer.stage.locator(selector)


def grade(number: int, doc_id: str) -> int:
    """What the corpus has, but for one document on which one student is of another mind."""
    return 0 if (number, doc_id) == (1, DISPUTED) else BUILT_IN.get(doc_id, 0)


def judge_all(number: int, phone: Phone) -> list[str]:
    """Give a grade to whatever is handed out; one grade is wrong at first and changed."""
    wrong = {CHANGED: 2} if number == 2 else {}
    done = phone.judge_all(lambda doc_id: wrong.get(doc_id, grade(number, doc_id)))
    for doc_id in wrong:
        phone.grade(doc_id, grade(number, doc_id))
    return done


@pytest.fixture(scope="module")
def judging(browser: Browser, server: Server) -> Iterator[Judging]:
    """A class that predicts for a query and then judges its pool."""
    with class_of(browser, server) as room:
        lecturer, phones = room.lecturer, room.phones
        lecturer.ask(CORPUS, QUERY)
        for phone in phones:
            phone.answer(DISPUTED)
        lecturer.close()
        lecturer.reveal()
        lecturer.judge(CORPUS, QUERY, DEPTH)
        for phone in phones:
            expect(phone.card).to_have_count(1)
        handed = [judge_all(number, phone) for number, phone in enumerate(phones)]
        total = sum(map(len, handed))
        progress = lecturer.stage.locator(".cl-progress")
        expect(progress).to_contain_text(f"{total} judgements")
        made = Judging(room, handed, progress.inner_text(), [phone.screen.inner_text() for phone in phones])
        lecturer.close()
        lecturer.reveal()
        yield made


def values(table: Locator) -> dict[str, list[str]]:
    """The cells of a table by the class of their row: the method."""
    return {
        str(row.get_attribute("class")).removeprefix("ss-"): row.locator("td").all_inner_texts()
        for row in table.locator("tbody tr").all()
    }


def test_every_document_of_the_pool_is_judged_three_times_and_each_phone_has_an_order_of_its_own(
    judging: Judging, server: Server
) -> None:
    found = server.call("search", CORPUS, QUERY, 10, METHODS, None, None)["rankings"]
    pool = {hit["doc_id"] for ranking in found.values() for hit in ranking["hits"][:DEPTH]}
    assert Counter(doc_id for handed in judging.handed for doc_id in handed) == dict.fromkeys(pool, 3)
    assert len({tuple(handed) for handed in judging.handed}) > 1
    assert judging.progress.startswith(f"{len(pool)} of {len(pool)} documents")


def test_no_phone_says_which_method_found_what_while_it_judges(judging: Judging) -> None:
    for seen in judging.seen:
        assert all(DOCS[doc_id] in seen for doc_id in judging.handed[0])
        assert not re.search("encoder|BM25|interaction|fusion|rank", seen, re.IGNORECASE)


def test_a_changed_grade_counts_once_and_the_majority_is_the_documents_grade(judging: Judging) -> None:
    judging.of_lecturer("details summary").get_by_text("All judged documents").click()
    rows = judging.of_lecturer("details tbody tr")
    given = {row.locator("th").inner_text(): row.locator("td").all_inner_texts() for row in rows.all()}
    of = {
        doc_id: next(cells for name, cells in given.items() if DOCS[doc_id].startswith(name.rstrip("…")))
        for doc_id in (CHANGED, DISPUTED)
    }
    assert of[CHANGED][:2] == ["0", "3 × 0 not relevant"]
    assert of[DISPUTED][0] == "3" and of[DISPUTED][1].startswith("1 × 0") and "2 × 3" in of[DISPUTED][1]
    assert of[DISPUTED][2] == str(BUILT_IN[DISPUTED])


def test_how_far_they_agree_is_said_and_the_disputed_document_is_named(judging: Judging) -> None:
    expect(judging.of_lecturer(".cl-outcome")).to_contain_text(re.compile(r"alpha \(ordinal\) is \.\d\d"))
    disputed = judging.of_lecturer("h3 + ul li")
    expect(disputed).to_have_count(1)
    expect(disputed.locator("b")).to_have_text(re.compile(DOCS[DISPUTED][:10]))


def test_every_method_and_the_classes_prediction_are_measured_by_the_class_and_as_built_in(judging: Judging) -> None:
    table = judging.of_lecturer("table").filter(has_text=f"nDCG@{DEPTH}")
    measured = values(table)
    assert set(measured) == {*METHODS, "students"}
    # Most gave what the corpus has, so that both columns say the same.
    assert all(by_class == built_in for by_class, built_in in measured.values())
    assert len({by_class for by_class, _ in measured.values()}) > 1
    for phone in judging.room.phones:
        assert values(phone.screen.locator("table")) == {key: [cells[0]] for key, cells in measured.items()}


def test_the_judgements_are_a_corpus_to_take_home(judging: Judging, tmp_path: Path) -> None:
    with judging.room.lecturer.visit.page.expect_download() as download:
        judging.of_lecturer("[data-save]").click()
    download.value.save_as(tmp_path / "made.zip")
    corpus = read_archive(download.value.suggested_filename, (tmp_path / "made.zip").read_bytes())
    assert {document.doc_id: document.text for document in corpus.documents} == DOCS
    (query,) = corpus.queries
    assert query.text == QUERY
    given = {doc_id: grade for doc_id, grade in corpus.qrels[query.query_id].items() if grade}
    assert given == BUILT_IN
