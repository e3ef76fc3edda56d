"""Two wordings compared, taken home: both queries, both rankings and the moves in each file."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from collections.abc import Sequence

import nbformat
import pytest

from searchcore import Corpus, Document, Engine, Query
from searchcore.running import finish
from tests.conftest import MakeEngine
from tests.fakes import corpus_of
from tests.markup import HOSTILE, PLAIN, Reader, tree
from tests.unit.test_wordings import FILMS, STATE, judged
from ui.runner import Outcome, View
from ui.search.section import SearchSection
from ui.search.wordings import METHOD_OF, Wordings
from ui.search.wordings import taken as taken_wordings
from ui.state import Known, PageState
from ui.takehome import notebook as notebooks
from ui.takehome import page, picture
from ui.takehome.links import NOT_YET, SAID, wordings_links
from ui.takehome.table import search_table
from ui.takehome.taken import TakenWordings
from ui.takehome.wordings import wordings_notebook

SVG = "{http://www.w3.org/2000/svg}"
ALL = STATE.with_changes(candidates=20)


def compared(engine: Engine, state: PageState) -> Wordings:
    found = finish(SearchSection(engine).begin(engine, state))
    assert isinstance(found, Wordings)
    return found


def taken(engine: Engine, state: PageState = ALL) -> TakenWordings:
    return taken_wordings(state, compared(engine, state), engine.methods[METHOD_OF[state.by]])


def rows_of(made: TakenWordings) -> list[list[str]]:
    return list(csv.reader(io.StringIO(search_table(made).decode(), newline="")))


def code_of(made: TakenWordings) -> str:
    cells = json.loads(wordings_notebook(made).file())["cells"]
    return "\n\n".join(cell["source"] for cell in cells if cell["cell_type"] == "code")


@pytest.fixture
def engine(make_engine: MakeEngine) -> Engine:
    return make_engine(judged(corpus_of(*FILMS), "whale sea", "island war"))


def test_the_table_says_of_each_row_which_query_it_is_for(engine: Engine) -> None:
    head, *rows = rows_of(taken(engine))
    assert ",".join(head) == "query,method,rank,rank_before,doc_id,title,text,score,grade"
    # 3 for each word that query and document share, less 4, less an eighth for each word of the document.
    assert [",".join(row) for row in rows] == [
        "whale sea,cross_encoder,1,,d0,,whale at sea,1.625000,3",
        "whale sea,cross_encoder,2,,d4,,the sea of love,-1.500000,",
        "whale sea,cross_encoder,3,,d2,,a dog and a whale,-1.625000,",
        "whale sea,cross_encoder,4,,d5,,an island,-4.250000,",
        "whale sea,cross_encoder,5,,d1,,war on an island,-4.500000,1",
        "whale sea,cross_encoder,6,,d3,,chess in the war,-4.500000,",
        "island war,cross_encoder,1,5,d1,,war on an island,1.500000,1",
        "island war,cross_encoder,2,4,d5,,an island,-1.250000,",
        "island war,cross_encoder,3,6,d3,,chess in the war,-1.500000,",
        "island war,cross_encoder,4,1,d0,,whale at sea,-4.375000,3",
        "island war,cross_encoder,5,2,d4,,the sea of love,-4.500000,",
        "island war,cross_encoder,6,3,d2,,a dog and a whale,-4.625000,",
    ]


def test_each_ranking_has_the_grades_of_its_own_query(make_engine: MakeEngine) -> None:
    made = taken(make_engine(judged(corpus_of(*FILMS), "island war")))
    grades = {query: [row[8] for row in rows_of(made) if row[0] == query] for query in ("whale sea", "island war")}
    assert grades == {"whale sea": [""] * 6, "island war": ["1", "", "", "3", "", ""]}
    a, b = tree(main_of(page.search_page(made))).all(tag="section")
    assert ("grade" in a.text, "nDCG@10" in a.text) == (False, False)
    assert b.text.count("grade ") == 2 and "nDCG@10 .631" in b.text
    assert "GRADES = {\n    'b': {'d0': 3, 'd1': 1},\n}" in code_of(made)


def test_no_query_starts_a_formula(engine: Engine) -> None:
    rows = rows_of(taken(engine, ALL.with_changes(query="=1+1 whale", against="＠sea")))
    assert {row[0] for row in rows[1:]} == {"'=1+1 whale", "'＠sea"}


def main_of(raw: bytes) -> str:
    html = raw.decode()
    return html[html.index("<main>") : html.index("<footer>")]


def test_the_page_names_both_queries_and_says_what_the_search_tab_says(engine: Engine) -> None:
    made = taken(engine)
    raw = page.search_page(made)
    assert "<title>“whale sea” and “island war” in “Small”</title>" in raw.decode()
    root = tree(main_of(raw))
    assert root.one(tag="h1").text == "“whale sea” and “island war” in “Small”"
    assert root.one("lead").text == (
        "Of the first 6 documents, 6 are shared. “war on an island” moved most, from 5 to 1. "
        "Kendall’s tau over the 6 shared: −0.33. nDCG@10: A .933, B .631."
    )
    assert "<button" not in raw.decode()
    assert root.texts("soft")[0] == (
        "6 candidates of 6 documents. Both are ranked by the cross-encoder. "
        "Compare places, not scores: they are of two queries."
    )
    assert root.texts(tag="h2") == ["A: whale sea · logit", "B: island war · logit"]
    first, second = root.all(tag="section")
    assert [item.one("said").text for item in first.all(tag="li")][:2] == ["grade 3", ""]
    assert [item.one("said").text for item in second.all(tag="li")] == [
        "up 4, was 5 · grade 1",
        "up 2, was 4",
        "up 3, was 6",
        "down 3, was 1 · grade 3",
        "down 3, was 2",
        "down 3, was 3",
    ]


def test_the_page_says_which_documents_only_one_of_them_has(engine: Engine) -> None:
    made = taken(engine, STATE)
    ids = [{hit.doc_id for hit in ranking.hits} for ranking in made.result.rankings.values()]
    assert ids[0] != ids[1]
    for column, own, other in zip(
        tree(main_of(page.search_page(made))).all(tag="section"), ids, ids[::-1], strict=True
    ):
        assert column.text.count("only here") == len(own - other)


def test_the_picture_has_both_queries_each_name_twice_and_a_line_for_each_move(engine: Engine) -> None:
    made = picture.rankings(taken(engine))
    root = ET.fromstring(picture.file_of(made))
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert made.title == texts[0] == "“whale sea” and “island war” in “Small”"
    assert texts.count("A: whale sea · logit") == texts.count("B: island war · logit") == 1
    assert texts.count("whale at sea") == texts.count("an island") == 2
    lines = [path.get("class") for path in root.iter(f"{SVG}path")]
    assert [lines.count(f"ss-{way}-line") for way in ("up", "down", "same")] == [3, 3, 0]
    assert texts[-1] == "Both are ranked by the cross-encoder. Compare places, not scores: they are of two queries."
    lowest = max(float(text.attrib["y"]) for text in root.iter(f"{SVG}text"))
    assert lowest < float(root.attrib["viewBox"].split()[3])


def test_long_queries_stay_in_their_columns(engine: Engine) -> None:
    made = taken(engine, ALL.with_changes(query="whale " * 50, against="鲸鱼" * 50))
    heads = [
        text.text
        for text in ET.fromstring(picture.file_of(picture.rankings(made))).iter(f"{SVG}text")
        if "ss-head ss-wording" in text.get("class", "")
    ]
    assert heads == ["A: whale whale whale whale wh… · logit", "B: 鲸鱼鲸鱼鲸鱼鲸鱼鲸鱼鲸鱼鲸… · logit"]


def test_hostile_text_makes_no_markup_in_any_file(make_engine: MakeEngine) -> None:
    shapes = []
    for text in (HOSTILE, PLAIN * 9):
        corpus = Corpus("x", (Document("a", text), Document("b", text + " b", title=text)), title=text)
        state = PageState(corpus="x", query=text, against=text + " other")
        engine = make_engine(corpus)
        made = taken(engine, state)
        files = (page.search_page(made), picture.file_of(picture.rankings(made)), str(wordings_links(made)).encode())
        shapes.append([Reader(each.decode()).shape for each in files])
        assert "onerror" not in wordings_notebook(made).about
    assert shapes[0] == shapes[1]


def test_the_notebook_holds_both_queries_and_what_ranks_for_both(engine: Engine) -> None:
    made = taken(engine)
    raw = wordings_notebook(made).file()
    nbformat.validate(nbformat.reads(raw.decode(), as_version=4))
    code = code_of(made)
    assert "QUERY_A = 'whale sea'\nQUERY_B = 'island war'\nCANDIDATES = 6" in code
    assert "a = retrieved(QUERY_A, rows)\na = reranked(QUERY_A, a)\n" in code
    assert "GRADES = {\n    'a': {'d0': 3, 'd1': 1},\n    'b': {'d0': 3, 'd1': 1},\n}" in code
    by_cosine = code_of(taken(engine, ALL.with_changes(by="bi-encoder")))
    assert "b = retrieved(QUERY_B, rows)\nb[[" in by_cosine
    assert not [word for word in ("SCORER", "CrossEncoder", "torch") if word in by_cosine]


def test_a_notebook_of_queries_that_nobody_judged_measures_nothing(make_engine: MakeEngine) -> None:
    code = code_of(taken(make_engine(corpus_of(*FILMS))))
    assert not [word for word in ("GRADES", "ndcg", "math") if word in code]


def test_a_querys_own_document_is_left_out_for_that_query_alone(make_engine: MakeEngine) -> None:
    corpus = corpus_of(*FILMS).with_judgements([Query("d0", "whale sea")], {"d0": {"d2": 1}})
    made = taken(make_engine(corpus))
    rows = rows_of(made)
    assert [len([row for row in rows if row[0] == query]) for query in ("whale sea", "island war")] == [5, 6]
    code = code_of(made)
    assert "a = retrieved(QUERY_A, rows[rows[\"doc_id\"] != 'd0'])" in code
    assert "b = retrieved(QUERY_B, rows)\n" in code
    assert "CANDIDATES = 6" in code
    assert "The document with this query’s own id, “d0”, is left out, as in BEIR." in page.search_page(made).decode()


def test_of_a_large_corpus_the_candidates_of_both_go_into_the_notebook(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notebooks, "MAX_ROWS", 3)
    made = taken(engine, STATE.with_changes(candidates=2))
    ids = {hit.doc_id for ranking in made.result.rankings.values() for hit in ranking.hits}
    assert 2 < len(ids) < 6
    notebook = wordings_notebook(made)
    assert {document.doc_id for document in notebook.documents} == ids
    assert f"Inside are only {len(ids)} documents that the page shows: the corpus has 6" in notebook.about


def test_the_links_ask_for_the_same_comparison(engine: Engine) -> None:
    for state in (ALL, STATE.with_changes(by="bi-encoder")):
        made = taken(engine, state)
        links = tree(wordings_links(made))
        found = [(link.text, link.attributes["data-save"]) for link in links.all(tag="a")]
        assert found == [(said, f"wordings.{kind}") for kind, said in SAID.items()]
        for link in links.all(tag="a"):
            file, _, address = link.attributes["href"].partition("?")
            assert file.startswith("take/wordings.")
            assert PageState.from_query(address, Known()) == (state, [])
        assert links.one(tag="pre").text == wordings_notebook(made).shown()


def test_nothing_is_taken_home_before_both_rankings_are_there(engine: Engine) -> None:
    whole = compared(engine, ALL)
    half = Wordings(whole.results[:1], {})

    def offered(found: Wordings, outcome: Outcome) -> str:
        report = SearchSection(engine).draw(View(ALL, outcome, result=found))["take-report"]
        assert isinstance(report, str)
        return report

    not_yet: Sequence[tuple[Wordings, Outcome]] = (
        (half, Outcome.WORKING),
        (half, Outcome.STOPPED),
        (whole, Outcome.WORKING),
    )
    assert {offered(*view) for view in not_yet} == {NOT_YET}
    assert offered(whole, Outcome.DONE).count("take/wordings.") == 5
