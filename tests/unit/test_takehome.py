"""What is taken home, read back: the table, the page, the picture and the notebook of a view."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import replace

import nbformat
import pytest

from searchcore import Corpus, Document, Engine, InvalidInput, Options, Query
from searchcore.evaluate import against, evaluate
from searchcore.explain import similarity
from tests.conftest import MakeEngine
from tests.fakes import ENCODER, corpus_of
from tests.markup import Reader, tree
from ui.evaluate.downloads import links
from ui.evaluate.gains import gains
from ui.search.verdict import verdict
from ui.state import Known, PageState
from ui.takehome import notebook as notebooks
from ui.takehome import page, picture
from ui.takehome.links import matrix_links, search_links
from ui.takehome.looks import page_style, picture_style
from ui.takehome.notebook import evaluation_notebook, matrix_notebook, search_notebook
from ui.takehome.table import search_table
from ui.takehome.taken import TakenSearch

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<img src=x onerror=alert(1)> {{x}} ${1} \" ' \\ \x0b ＝1+1"
FILMS = Corpus(
    "films",
    (
        Document("=a", "a whale at sea", title="=HYPERLINK(1)"),
        Document("b", HOSTILE + " whale", title="<b>Whale</b>"),
        Document("c", "-1 whale whale whale\nsecond line"),
        Document("d", "a war"),
    ),
    title="Films & <more>",
    queries=(Query("q", "whale"), Query("r", "war")),
    qrels={"q": {"=a": 2, "d": 0}, "r": {"d": 1}},
    shared=True,
)


def taken(engine: Engine, corpus: Corpus = FILMS, query: str = "whale", **asked: int) -> TakenSearch:
    result = engine.search(corpus, query, **asked)
    grades: Mapping[str, int] = corpus.qrels.get("q", {})
    judged = {key: against(corpus, grades, ranking) for key, ranking in result.rankings.items()} if grades else {}
    return TakenSearch(PageState(corpus=corpus.name, query=query), result, judged, engine.methods)


@pytest.fixture
def search(make_engine: MakeEngine) -> TakenSearch:
    return taken(make_engine(FILMS))


def cells_of(raw: bytes) -> list[str]:
    cells = json.loads(raw)["cells"]
    return [cell["source"] for cell in cells if cell["cell_type"] == "code"]


def test_a_search_as_a_table_has_a_row_for_each_method_and_hit(search: TakenSearch) -> None:
    rows = list(csv.DictReader(io.StringIO(search_table(search).decode(), newline="")))
    assert len(rows) == 8
    made = search.result.rankings["cross_encoder"]
    found = [row for row in rows if row["method"] == "cross_encoder"]
    assert [row["rank"] for row in found] == ["1", "2", "3", "4"]
    assert [row["doc_id"].removeprefix("'") for row in found] == [hit.doc_id for hit in made.hits]
    assert [int(row["rank_before"]) for row in found] == [hit.rank_before for hit in made.hits]
    assert [float(row["score"]) for row in found] == pytest.approx([hit.score for hit in made.hits], abs=1e-6)
    assert {row["doc_id"]: row["grade"] for row in found} == {"'=a": "2", "b": "", "c": "", "d": "0"}
    assert {row["rank_before"] for row in rows if row["method"] == "bi_encoder"} == {""}


def test_no_cell_of_the_table_starts_a_formula(search: TakenSearch) -> None:
    rows = list(csv.DictReader(io.StringIO(search_table(search).decode(), newline="")))
    texts = [row[name] for row in rows for name in ("doc_id", "title", "text")]
    assert "'=HYPERLINK(1)" in texts
    assert "'-1 whale whale whale\nsecond line" in texts
    assert not [text for text in texts if text.lstrip().startswith(("=", "+", "-", "@", "＝"))]


def test_a_page_of_a_search_says_verdict_cost_and_both_rankings(search: TakenSearch) -> None:
    made = page.search_page(search).decode()
    root = tree(made[made.index("<main>") : made.index("<footer>")])
    assert root.one(tag="h1").text == "“whale” in “Films & <more>”"
    assert root.texts(tag="h2") == ["Bi-encoder · cosine", "Cross-encoder · logit"]
    text = root.text
    assert verdict(search.result, search.judged, search.methods) in text
    assert "1 pass" in text
    assert "4 passes" in text
    assert len(root.all(tag="li")) == 8


def test_a_page_needs_nothing_from_elsewhere_and_runs_no_script(search: TakenSearch) -> None:
    made = page.search_page(search).decode()
    assert "<script" not in made
    assert "<img" not in made
    assert "http:" not in made
    assert "https:" not in made
    assert "url(" not in made
    assert "default-src 'none'" in made
    assert "&lt;b&gt;Whale&lt;/b&gt;" in made


def test_a_page_has_both_schemes_and_prints_the_light_one() -> None:
    style = page_style()
    assert "--ss-card:#fff" in style.split("@media")[0]
    dark = style.split("@media screen and (prefers-color-scheme:dark)")[1]
    assert "--ss-card:#161d2e" in dark.split("}}")[0]
    assert "size:A4" in style


def test_a_page_of_many_candidates_prints_the_first_thirty(make_engine: MakeEngine) -> None:
    corpus = corpus_of(*(f"whale number {i}" for i in range(60)))
    made = page.search_page(taken(make_engine(corpus), corpus, candidates=60)).decode()
    assert made.count('<li class="beyond">') == 2 * 30
    assert made.count("In print the first 30 rows.") == 2


def test_the_picture_of_a_search_has_each_name_twice_and_a_line_for_each_move(search: TakenSearch) -> None:
    root = ET.fromstring(picture.file_of(picture.rankings(search)))
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert texts[0] == "“whale” in “Films & <more>”"
    assert texts.count("<b>Whale</b>") == 2
    lines = [path.get("class") for path in root.iter(f"{SVG}path")]
    moves = [hit.rank - (hit.rank_before or 0) for hit in search.result.rankings["cross_encoder"].hits]
    for name, count in (
        ("ss-up-line", sum(move < 0 for move in moves)),
        ("ss-down-line", sum(move > 0 for move in moves)),
        ("ss-same-line", moves.count(0)),
    ):
        assert lines.count(name) == count


def test_a_picture_is_a_file_that_any_program_can_draw(make_engine: MakeEngine) -> None:
    made = picture.file_of(picture.matrix(similarity(make_engine(FILMS), [HOSTILE, "b\x00\ufffe\x1f", "c"])))
    ET.fromstring(made)
    assert "var(" not in picture_style()
    assert b"\x0b" not in made


def test_names_in_wide_letters_take_no_more_room_than_others() -> None:
    assert picture.fitted("鲸鱼鲸鱼鲸鱼", 7) == "鲸鱼鲸…"
    assert picture.fitted("a  whale\nat sea", 29) == "a whale at sea"
    assert picture.fitted("a whale at sea", 7) == "a whal…"


def test_the_picture_of_an_evaluation_has_a_bar_for_each_query(make_engine: MakeEngine) -> None:
    evaluation = evaluate(make_engine(FILMS), FILMS, 4)
    root = ET.fromstring(picture.file_of(picture.gains_chart(evaluation, "A sentence.")))
    bars = [rect for rect in root.iter(f"{SVG}rect") if rect.get("class") != "ss-ground"]
    found = gains(evaluation)
    assert [bar.findtext(f"{SVG}title") for bar in bars] == [f"{gain.query.text}: {gain.figures}" for gain in found]


def test_the_picture_of_a_matrix_has_a_cell_for_each_pair(make_engine: MakeEngine) -> None:
    made = similarity(make_engine(FILMS), ["a whale", "a war", "a whale"])
    root = ET.fromstring(picture.file_of(picture.matrix(made)))
    assert len([rect for rect in root.iter(f"{SVG}rect") if rect.get("class") == "ss-alike"]) == 9
    assert [text.text for text in root.iter(f"{SVG}text")].count("1.0000") == 5


def test_pages_of_evaluation_and_matrix_hold_picture_and_numbers(make_engine: MakeEngine) -> None:
    engine = make_engine(FILMS)
    evaluation = evaluate(engine, FILMS, 4)
    made = page.evaluation_page(evaluation, "A sentence.", engine.methods).decode()
    assert made.count("<svg") == 1
    assert "Whether reranking helps in “Films &amp; &lt;more&gt;”" in made
    assert made.count("<tr>") == 1 + len(evaluation.methods)
    matrix = page.matrix_page(similarity(engine, ["a whale", HOSTILE])).decode()
    assert matrix.count("<svg") == 1
    assert "The cosine of the two lines is" in matrix
    assert "<img" not in matrix


def test_hostile_text_makes_no_markup_in_a_page_or_a_picture(make_engine: MakeEngine) -> None:
    shapes = []
    for text in (HOSTILE, "plain words that are as long"):
        corpus = Corpus("x", (Document("a", text), Document("b", text + " b", title=text)), title=text)
        made = taken(make_engine(corpus), corpus, text)
        pictures = (picture.rankings(made), picture.matrix(similarity(make_engine(corpus), [text, text])))
        pages = [page.search_page(made), *map(picture.file_of, pictures)]
        shapes.append([Reader(each.decode()).shape for each in pages])
    assert shapes[0] == shapes[1]


def test_a_notebook_is_one_by_the_format_and_its_rows_are_the_corpus(search: TakenSearch) -> None:
    raw = search_notebook(search).file()
    nbformat.validate(nbformat.reads(raw.decode(), as_version=4))
    code = cells_of(raw)
    names: dict[str, object] = {}
    exec(code[1].replace("pd.DataFrame(", "dict(rows="), names)
    assert names["rows"]["rows"] == [(d.doc_id, d.title, d.text) for d in FILMS.documents]  # type: ignore[index]
    assert "QUERY = 'whale'\nCANDIDATES = 4" in code[0]
    assert "Inside are all 4 documents" in json.loads(raw)["cells"][0]["source"]


def test_words_of_a_visitor_stand_in_no_markup_of_a_notebook(make_engine: MakeEngine) -> None:
    corpus = replace(FILMS, title=HOSTILE, name="x", queries=(Query("q", HOSTILE),), qrels={})
    cells = json.loads(search_notebook(taken(make_engine(corpus), corpus, HOSTILE)).file())["cells"]
    assert [cell["cell_type"] for cell in cells].count("markdown") == 1
    assert "onerror" not in cells[0]["source"]


def test_a_large_corpus_brings_its_candidates_alone_and_says_so(
    make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notebooks, "MAX_ROWS", 3)
    engine = make_engine(FILMS)
    made = search_notebook(taken(engine, candidates=2))
    assert len(made.documents) == 2
    assert "Inside are only 2 documents that the page shows: the corpus has 4" in made.about
    evaluation = evaluate(engine, FILMS, 2)
    with pytest.raises(InvalidInput, match="This corpus has 4 documents, and a notebook holds at most 3"):
        evaluation_notebook(evaluation)
    assert "This corpus has 4 documents" in links(evaluation, evaluation, PageState())


def test_an_expanded_query_is_expanded_in_the_notebook_by_rows_that_are_there(
    make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, options = make_engine(FILMS), Options(expanded=("bi_encoder",))
    result = engine.search(FILMS, "whale", 1, options=options)
    made = TakenSearch(PageState(query="whale", expanded=options.expanded), result, {}, engine.methods)
    assert "expand=bi_encoder" in tree(search_links(made)).all(tag="a")[0].attributes["href"]
    assert "Rocchio moved the query towards “" in tree(page.search_page(made).decode()).text
    monkeypatch.setattr(notebooks, "MAX_ROWS", 3)
    moving, plain = search_notebook(made), search_notebook(replace(made, state=PageState(query="whale")))
    assert ("Rocchio" in moving.shown(), "Rocchio" in plain.shown()) == (True, False)
    expansion = result.rankings["bi_encoder"].expansion
    assert expansion is not None and len(expansion.documents) == 3
    assert {document.doc_id for document in moving.documents} >= {*expansion.documents}


def test_the_querys_own_document_is_not_in_the_notebook(make_engine: MakeEngine) -> None:
    corpus = replace(FILMS, queries=(Query("c", "whale"),), qrels={})
    made = search_notebook(taken(make_engine(corpus), corpus))
    assert [document.doc_id for document in made.documents] == ["=a", "b", "d"]


def test_the_code_on_the_page_is_the_notebooks_escaped(search: TakenSearch, make_engine: MakeEngine) -> None:
    shown = tree(search_links(search)).one(tag="pre").text
    start, rows, *others = cells_of(search_notebook(search).file())
    for cell in (start, *others):
        assert cell in shown
    assert rows.split("\n")[1] in shown
    assert "# and 2 rows more, all in the notebook" in shown
    made = similarity(make_engine(FILMS), ["a", HOSTILE])
    shown = tree(matrix_links(made)).one(tag="pre").text
    assert shown == "\n\n".join(matrix_notebook(made).cells)


def test_texts_of_a_matrix_stand_in_no_address(make_engine: MakeEngine) -> None:
    made = matrix_links(similarity(make_engine(FILMS), ["a secret", "another"]))
    for link in tree(made).all(tag="a"):
        assert "secret" not in link.attributes["href"]
        state, ignored = PageState.from_query(link.attributes["data-sent"], Known(models=(("encoder", ENCODER),)))
        assert (state.texts, ignored) == (("a secret", "another"), [])


def test_a_query_too_long_for_an_address_is_sent_as_a_body(make_engine: MakeEngine) -> None:
    query = "wäle " * 700
    link = tree(search_links(taken(make_engine(FILMS), query=query))).all(tag="a")[0]
    assert link.attributes["href"] == "take/search.csv"
    assert PageState.from_query(link.attributes["data-sent"])[0].query == query.strip()
