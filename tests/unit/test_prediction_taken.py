"""A prediction that is taken home: with the order, its score and the sentence in each file."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET

import pytest

from searchcore import Engine
from searchcore.running import finish
from tests.conftest import MakeEngine
from tests.markup import tree
from tests.unit.test_predictions import ASKED, films
from ui.search.section import Found, SearchSection
from ui.state import RIGHT, Known, PageState
from ui.takehome import page, picture
from ui.takehome.links import search_links
from ui.takehome.notebook import search_notebook
from ui.takehome.table import COLUMNS, PREDICTED, search_table
from ui.takehome.taken import TakenSearch

SVG = "{http://www.w3.org/2000/svg}"
ORDERED = ASKED.with_changes(guess=("d2", "d0"), revealed=True)


def taken(engine: Engine, state: PageState = ORDERED) -> TakenSearch:
    found = finish(SearchSection(engine).begin(engine, state))
    assert isinstance(found, Found)
    return TakenSearch(state, found.result, found.judged, engine.methods, found.own, found.predicted)


def rows_of(made: TakenSearch) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(search_table(made).decode(), newline="")))


def code_of(made: TakenSearch) -> str:
    cells = json.loads(search_notebook(made).file())["cells"]
    return "\n".join(cell["source"] for cell in cells if cell["cell_type"] == "code")


@pytest.fixture
def engine(make_engine: MakeEngine) -> Engine:
    return make_engine(films())


def test_a_table_has_the_prediction_as_rows_with_its_score_and_sentence(engine: Engine) -> None:
    made = taken(engine)
    assert made.predicted is not None
    rows = rows_of(made)
    yours = [row for row in rows if row["method"] == "you"]
    assert [(row["rank"], row["doc_id"], row["score"], row["grade"]) for row in yours] == [
        ("1", "d2", "", "1"),
        ("2", "d0", "", "3"),
    ]
    # By hand: (1 + 3 / log2 3) / (3 + 1 / log2 3).
    assert {row["value"] for row in yours} == {"0.796708"}
    assert {row["measure"] for row in rows} == {"nDCG@5"}
    assert {row["sentence"] for row in yours} == {made.predicted.sentence}
    assert made.predicted.sentence.startswith("nDCG@5: you .80, bi-encoder ")
    for method in ("bi_encoder", "cross_encoder"):
        values = {row["value"] for row in rows if row["method"] == method}
        assert values == {f"{made.predicted.values[method]:.6f}"}


def test_a_table_without_a_prediction_has_no_columns_for_one(engine: Engine) -> None:
    state = PageState(corpus="films", query="whale")
    assert search_table(taken(engine, state)).decode().splitlines()[0] == ",".join(COLUMNS)
    assert search_table(taken(engine)).decode().splitlines()[0] == ",".join((*COLUMNS, *PREDICTED))


def test_a_page_has_the_prediction_as_a_column_under_its_sentence(engine: Engine) -> None:
    made = taken(engine)
    assert made.predicted is not None
    html = page.search_page(made).decode()
    root = tree(html[html.index("<main>") : html.index("<footer>")])
    assert root.texts(tag="h2") == ["Bi-encoder · cosine", "Cross-encoder · logit", "You · your order"]
    assert root.one("lead").text.startswith(made.predicted.sentence)
    column = root.one("ss-you")
    assert column.one("soft").text == "nDCG@5 .80"
    assert [item.text for item in column.all(tag="li")] == ["1a dog and a whalegrade 1", "2a whale at seagrade 3"]


def test_a_picture_has_the_prediction_as_a_column_and_its_sentence(engine: Engine) -> None:
    made = taken(engine)
    assert made.predicted is not None
    root = ET.fromstring(picture.file_of(picture.rankings(made)))
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert "You · your order" in texts
    assert texts.count("a dog and a whale") == 3
    assert texts[-1] == made.predicted.sentence
    lowest = max(float(text.attrib["y"]) for text in root.iter(f"{SVG}text"))
    assert lowest < float(root.attrib["viewBox"].split()[3])


def test_who_was_said_to_be_right_is_in_each_file(engine: Engine) -> None:
    made = taken(engine, ORDERED.with_changes(asks=RIGHT, guess=("bi_encoder",)))
    assert made.predicted is not None
    sentence = made.predicted.sentence
    assert sentence.startswith("You said bi-encoder: ")
    [yours] = [row for row in rows_of(made) if row["method"] == "you"]
    assert (yours["rank"], yours["measure"], yours["sentence"]) == ("", "nDCG@10", sentence)
    assert yours["value"] == f"{made.predicted.yours:.6f}"
    assert sentence in page.search_page(made).decode()
    assert sentence.encode() in picture.file_of(picture.rankings(made))
    assert "PREDICTION = 'bi-encoder'\nCHANGED = 0.001" in code_of(made)


def test_a_notebook_holds_the_prediction_and_works_out_its_score(engine: Engine) -> None:
    judged = code_of(taken(engine))
    assert "PREDICTION = ['d2', 'd0']" in judged
    assert "ndcg(PREDICTION, GRADES, 5)" in judged
    unjudged = code_of(taken(engine, ORDERED.with_changes(query="a storm")))
    assert 'predicted.corr(ranks(second), method="kendall")' in unjudged
    assert 'figures["bi-encoder"] = ranks(first)' in unjudged
    assert "PREDICTION" not in code_of(taken(engine, PageState(corpus="films", query="whale")))


def test_a_notebook_says_so_where_it_can_not_work_out_what_was_predicted(engine: Engine) -> None:
    made = search_notebook(taken(engine, ORDERED.with_changes(of="bm25", query="whale at sea")))
    assert "The prediction is about a column that is not worked out here." in made.about
    assert "PREDICTION" not in "".join(made.cells)


def test_the_links_ask_for_what_was_predicted(engine: Engine) -> None:
    for state in (ORDERED, ORDERED.with_changes(asks=RIGHT, guess=("neither",), of="cross_encoder")):
        for link in tree(search_links(taken(engine, state))).all(tag="a"):
            asked, ignored = PageState.from_query(link.attributes["href"].partition("?")[2], Known())
            assert ignored == []
            assert (asked.guess, asked.asks, asked.of) == (state.guess, state.asks, state.of)
            assert asked.predict and asked.revealed
