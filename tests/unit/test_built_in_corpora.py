"""What the built-in corpora promise: sizes, kinds, and judgements that agree with the table behind them."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from searchcore import Corpus
from searchcore.corpora import BUILT_IN, read_corpus
from searchcore.ranking.bm25 import KeywordIndex

DATA = Path(__file__).parent.parent / "data"
GOLDEN = json.loads((DATA / "golden.json").read_text("utf-8"))
GRADE_OF = {"is about": 3, "features": 2, "mentions": 1, "no": 0}
RUN_WORDS, RUN_DOCUMENTS = 5, 3


@pytest.fixture(scope="module")
def movies() -> Corpus:
    return read_corpus(BUILT_IN / "movies")


@pytest.fixture(scope="module")
def science() -> Corpus:
    return read_corpus(BUILT_IN / "science")


@pytest.fixture(scope="module")
def museum() -> Corpus:
    return read_corpus(BUILT_IN / "museum")


@pytest.fixture(scope="module")
def table() -> dict[str, dict[str, str]]:
    """attributes.csv: theme -> film -> word."""
    with (BUILT_IN / "movies" / "attributes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    themes = [column for column in rows[0] if column not in ("doc_id", "title")]
    return {theme: {row["doc_id"]: row[theme] for row in rows} for theme in themes}


def kinds(corpus: Corpus) -> Counter[str]:
    return Counter(query.kind for query in corpus.queries)


def stems(text: str) -> set[str]:
    """What keyword search finds a text by: stemmed words without stop words."""
    found = KeywordIndex([]).stems(text)
    return {*found.plain, *found.further}


def test_toy_and_berlin_are_the_given_texts() -> None:
    for name in ("toy", "berlin"):
        texts = [document.passage for document in read_corpus(BUILT_IN / name).documents]
        assert texts == GOLDEN[name]["documents"]


@pytest.mark.parametrize("name", ["toy", "berlin", "museum", "science", "movies"])
def test_no_query_has_the_id_of_a_document(name: str) -> None:
    corpus = read_corpus(BUILT_IN / name)
    assert [query.query_id for query in corpus.queries if corpus.own_document(query)] == []


@pytest.mark.parametrize("name", ["toy", "berlin", "museum", "science", "movies"])
def test_every_corpus_has_examples_a_title_and_a_card(name: str) -> None:
    corpus = read_corpus(BUILT_IN / name)
    assert corpus.queries
    assert corpus.title != name
    assert corpus.description


def test_science_begins_with_the_given_facts_and_queries(science: Corpus) -> None:
    assert [document.passage for document in science.documents[:10]] == GOLDEN["science"]["documents"]
    assert [query.text for query in science.queries[:5]] == list(GOLDEN["science"]["queries"])


def test_science_is_large_and_covers_eight_subjects(science: Corpus) -> None:
    topics = Counter(document.metadata["topic"] for document in science.documents)
    subjects = ("physics", "chemistry", "biology", "earth", "space", "medicine", "computing", "mathematics")
    assert len(science) >= 250
    assert len(science.queries) >= 50
    assert min(topics[subject] for subject in subjects) >= 30


def test_movies_are_large_and_their_overviews_of_the_promised_length(movies: Corpus) -> None:
    lengths = {document.title: len(document.text.split()) for document in movies.documents}
    assert len(movies) >= 400
    assert {title: n for title, n in lengths.items() if not 40 <= n <= 80} == {}


def test_every_film_has_a_title_a_year_and_its_tmdb_id(movies: Corpus) -> None:
    for document in movies.documents:
        assert document.title
        assert 1900 < document.metadata["year"] < 2030
        assert str(document.metadata["tmdb_id"]) == document.doc_id


def test_the_films_judged_for_vietnam_war_are_all_there(movies: Corpus) -> None:
    years = {15347: 1966, 16220: 1977, 45929: 1992, 22575: 1940}
    for _, film, title in GOLDEN["vietnam_war"]["judged"]:
        assert movies.document(str(film)).title == title
        assert movies.document(str(film)).metadata["year"] == years.get(
            film, movies.document(str(film)).metadata["year"]
        )


def test_the_museum_asks_for_what_stands_early_late_and_very_late(museum: Corpus) -> None:
    assert len(museum) == 16
    assert kinds(museum) == {"tail": 11, "beyond 512": 4, "head": 5}
    assert sum(bool(query.metadata.get("example")) for query in museum.queries) == 6


def test_every_stop_of_the_museum_is_judged_for_every_query_and_one_answers_it(museum: Corpus) -> None:
    stops = {document.doc_id for document in museum.documents}
    for query in museum.queries:
        grades = museum.qrels[query.query_id]
        assert set(grades) == stops
        assert Counter(grades.values())[3] == 1, query.text
        assert 2 not in grades.values()


def test_movies_have_queries_of_four_kinds(movies: Corpus) -> None:
    assert len(movies.queries) >= 60
    assert set(kinds(movies)) == {"title", "theme", "plot", "trap"}
    assert min(kinds(movies).values()) >= 15


def test_no_run_of_five_words_stands_in_more_than_three_overviews(movies: Corpus) -> None:
    places: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for document in movies.documents:
        words = document.text.lower().split()
        for start in range(len(words) - RUN_WORDS + 1):
            places[tuple(words[start : start + RUN_WORDS])].add(document.doc_id)
    assert {run for run, films in places.items() if len(films) > RUN_DOCUMENTS} == set()


def test_plot_queries_share_no_stemmed_word_with_what_they_are_about(movies: Corpus) -> None:
    shared = {}
    for query in movies.queries:
        if query.kind != "plot":
            continue
        for doc_id, grade in movies.qrels[query.query_id].items():
            common = stems(query.text) & stems(movies.document(doc_id).passage)
            if grade >= 1 and common:
                shared[query.text, movies.document(doc_id).title] = common
    assert shared == {}


@pytest.mark.parametrize("name", ["museum", "science", "movies"])
def test_every_query_is_judged_and_has_a_good_answer_and_a_bad_one(name: str) -> None:
    corpus = read_corpus(BUILT_IN / name)
    for query in corpus.queries:
        grades = corpus.qrels[query.query_id].values()
        assert set(grades) <= {0, 1, 2, 3}
        assert max(grades) >= 2, query.text
        assert min(grades) == 0, query.text


def test_the_table_has_a_cell_for_every_film_and_theme(movies: Corpus, table: dict[str, dict[str, str]]) -> None:
    films = [document.doc_id for document in movies.documents]
    for theme, cells in table.items():
        assert list(cells) == films, theme
        assert set(cells.values()) <= set(GRADE_OF), theme


def test_the_grades_of_theme_queries_follow_from_the_table(movies: Corpus, table: dict[str, dict[str, str]]) -> None:
    themes = {query.text: query.query_id for query in movies.queries if query.kind == "theme"}
    assert set(themes) == set(table)
    for theme, query_id in themes.items():
        judged = movies.qrels[query_id]
        expected = {doc_id: GRADE_OF[word] for doc_id, word in table[theme].items()}
        assert {d: g for d, g in expected.items() if g} == {d: g for d, g in judged.items() if g}, theme
        assert all(expected[doc_id] == 0 for doc_id, grade in judged.items() if grade == 0), theme


def test_what_another_collection_judged_relevant_is_relevant_here(movies: Corpus) -> None:
    rows = (DATA / "movies_relevant_elsewhere.tsv").read_text("utf-8").splitlines()[1:]
    pairs = [tuple(row.split("\t")) for row in rows]
    assert len(pairs) > 100
    assert [pair for pair in pairs if movies.qrels[pair[0]].get(pair[1], 0) < 1] == []
