"""What a user can get wrong in a search: one plain sentence that names the argument and the value, or a result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from searchcore import Corpus, Document, Engine, InvalidInput, SearchError, UnknownName
from searchcore.errors import quoted
from tests.conftest import MakeEngine
from tests.fakes import FakeEncoder, FakeScorer, corpus_of

HALF = "half of a surrogate pair"
Call = Callable[..., Any]


@pytest.fixture
def engine(make_engine: MakeEngine) -> Engine:
    return make_engine(corpus_of("one war", "two chess players", name="films"), corpus_of("x", name="toy"))


def search(engine: Engine, **changed: object) -> Any:
    return engine.search(**{"corpus": "films", "query": "war", **changed})


def first_stage(engine: Engine, **changed: object) -> Any:
    return next(engine.stream(**{"corpus": "films", "query": "war", **changed}))


def steps(engine: Engine, **changed: object) -> Any:
    return engine.steps(**{"corpus": "films", "query": "war", **changed})  # says so before the first step


def search_many(engine: Engine, **changed: object) -> Any:
    query = changed.pop("query", "war")
    return engine.search_many(**{"corpus": "films", "queries": ["fine", query], **changed})


WAYS = pytest.mark.parametrize("call", [search, first_stage, steps, search_many], ids=lambda call: call.__name__)


def sentence_of(error: type[SearchError], call: Call, *args: object, **changed: object) -> str:
    with pytest.raises(error) as caught:
        call(*args, **changed)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert sentence.isprintable()  # on one line, and nothing in it that a terminal or a page could stumble over
    assert len(sentence) < 200
    return sentence


NOTHING = {
    "no character": "",
    "space": " ",
    "line ends": "\t\r\n",
    "wide spaces": "\u3000\u2003",
    "zero width": "\N{ZERO WIDTH SPACE} \N{ZERO WIDTH JOINER}\N{WORD JOINER}\ufeff",
    "controls": "\x00\x07\x1b\x7f\x85",
    "directions": "\N{RIGHT-TO-LEFT OVERRIDE}\N{POP DIRECTIONAL FORMATTING}",
    "soft hyphen": "\xad",
    "line separators": "\u2028\u2029",
    "variation selectors": "\ufe0f\U000e0100",
    "marks without a letter": "\N{COMBINING ACUTE ACCENT}\N{COMBINING ENCLOSING CIRCLE}",
    "fillers": "\N{HANGUL FILLER}\N{BRAILLE PATTERN BLANK}",
}


@WAYS
@pytest.mark.parametrize("query", NOTHING.values(), ids=NOTHING)
def test_an_empty_query_is_named(engine: Engine, call: Call, query: str) -> None:
    name = "queries[1]" if call is search_many else "query"
    assert sentence_of(InvalidInput, call, engine, query=query) == f"{name} is empty; please type some text."


@WAYS
def test_a_query_over_4000_characters_is_refused_not_cut(engine: Engine, call: Call) -> None:
    sentence = sentence_of(InvalidInput, call, engine, query="w" * 4_001)
    assert sentence.endswith(" must have at most 4,000 characters, got 4,001; please shorten it.")


def test_a_query_of_4000_characters_is_read_whole(engine: Engine) -> None:
    assert search(engine, query=" " + "w" * 4_000 + "\n").query == "w" * 4_000


@WAYS
@pytest.mark.parametrize("query", ["war \ud83d", "war \udc00 two", "war \udfff\ud800"])
def test_a_lone_surrogate_is_named_by_its_place(engine: Engine, call: Call, query: str) -> None:
    assert f" has {HALF} at character 5; please delete it." in sentence_of(InvalidInput, call, engine, query=query)


@WAYS
@pytest.mark.parametrize(("query", "shown"), [(None, "None"), (3, "3"), (b"war", "b'war'"), (["war"], "['war']")])
def test_a_query_that_is_no_text_is_named(engine: Engine, call: Call, query: object, shown: str) -> None:
    assert sentence_of(InvalidInput, call, engine, query=query).endswith(f" must be a text, got {shown}.")


@pytest.mark.parametrize("queries", ["war", b"war", None, 3, {"a": "war"}])
def test_queries_must_be_a_list(engine: Engine, queries: object) -> None:
    sentence = sentence_of(InvalidInput, engine.search_many, "films", queries)
    assert sentence == f"queries must be a list of texts, got {quoted(queries)}."


STRANGE = {
    "control characters": "war\x00\x07\x1b[31m\x7f end",
    "emoji": "war \N{FIRE}\N{ZERO WIDTH JOINER}\N{HEART WITH ARROW}",
    "right to left": "מלחמה \N{RIGHT-TO-LEFT OVERRIDE}حرب war",
    "combining marks": "w" + "\N{COMBINING ACUTE ACCENT}" * 300,
    "only punctuation": "?!...",
    "zero width inside a word": "می\N{ZERO WIDTH NON-JOINER}خواهم",
    "markup": "<img src=x onerror=alert(1)>",
    "templates": "${6*7} {{value}} %s {0}",
    "backslashes": "\\ \\n ` ``` $(war)",
    "unassigned": "war \U0010ffff\ue000",
}


@pytest.mark.parametrize("query", STRANGE.values(), ids=STRANGE)
def test_strange_characters_give_a_normal_result_and_stay_as_typed(engine: Engine, query: str) -> None:
    result = search(engine, query=query, methods=["bm25", "bi_encoder", "late_interaction", "cross_encoder"])
    assert result.query == query
    assert len(result.rankings["cross_encoder"].hits) == 2
    corpus = corpus_of(query, "plain")
    found = search(engine, corpus=corpus, query=query)
    assert found.corpus.document("d0").passage == query
    assert len(engine.rerank(query, [query, "plain"]).hits) == 2


@WAYS
@pytest.mark.parametrize(
    ("candidates", "shown"),
    [
        (0, "0"),
        (-1, "-1"),
        (201, "201"),
        (10**9, "1000000000"),
        (10**5_000, "a very long int"),
        ("ten", '"ten"'),
        ("10", '"10"'),
        ("\x1b[31m", '"\N{REPLACEMENT CHARACTER}[31m"'),
        (2.5, "2.5"),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (True, "True"),
        (None, "None"),
        ([5], "[5]"),
    ],
    ids=lambda value: str(value)[:12] if not isinstance(value, int) else "number",
)
def test_candidates_out_of_range_are_named(engine: Engine, call: Call, candidates: object, shown: str) -> None:
    sentence = sentence_of(InvalidInput, call, engine, candidates=candidates)
    assert sentence == f"candidates must be a whole number from 1 to 200, got {shown}."


@pytest.mark.parametrize("candidates", [1, 2, 200, 2.0, np.int64(2), np.float64(2.0)])
def test_whole_numbers_of_any_kind_are_taken_for_candidates(engine: Engine, candidates: object) -> None:
    result = search(engine, candidates=candidates)
    assert type(result.candidates) is int
    assert result.candidates == candidates


@WAYS
@pytest.mark.parametrize("name", ["nothing", "", "../films", "Films", "films\n", "/etc/passwd", "x" * 500])
def test_an_unknown_corpus_is_named_with_the_known_ones(engine: Engine, call: Call, name: str) -> None:
    sentence = sentence_of(UnknownName, call, engine, corpus=name)
    assert sentence == f"corpus {quoted(name)} is not known; choose one of: films, toy."


@WAYS
@pytest.mark.parametrize("name", [None, 3, ["films"], Document("a", "b")], ids=repr)
def test_a_corpus_that_is_no_name_is_named(engine: Engine, call: Call, name: object) -> None:
    sentence = sentence_of(InvalidInput, call, engine, corpus=name)
    assert sentence == f"corpus must be the name of a corpus, got {quoted(name)}."


@WAYS
def test_a_corpus_without_documents_is_named(engine: Engine, call: Call) -> None:
    assert sentence_of(InvalidInput, call, engine, corpus=Corpus("none", ())) == 'corpus "none" has no documents.'


def test_documents_with_one_id_make_no_corpus() -> None:
    documents = (Document("a", "one"), Document("b", "two"), Document("a", "three"))
    sentence = sentence_of(InvalidInput, Corpus, "twice", documents)
    assert sentence == 'documents must each have an id of their own, got "a" twice.'


@WAYS
@pytest.mark.parametrize("method", ["magic", "", "BI_ENCODER", None, 3, ["bi_encoder"]])
def test_an_unknown_method_is_named_with_the_known_ones(engine: Engine, call: Call, method: object) -> None:
    sentence = sentence_of(UnknownName, call, engine, methods=["bi_encoder", method])
    known = "bm25, bi_encoder, fusion, cross_encoder, late_interaction"
    assert sentence == f"method {quoted(method)} is not known; choose from: {known}."


@WAYS
@pytest.mark.parametrize("methods", ["bi_encoder", [], (), 3, {"bi_encoder": 1}])
def test_methods_must_be_a_list(engine: Engine, call: Call, methods: object) -> None:
    sentence = sentence_of(InvalidInput, call, engine, methods=methods)
    assert sentence == f"methods must be a list of names such as bi_encoder, got {quoted(methods)}."


@WAYS
@pytest.mark.parametrize(("role", "known"), [("encoder", "fake/encoder"), ("scorer", "fake/scorer")])
def test_an_unknown_model_is_named_with_the_known_ones(engine: Engine, call: Call, role: str, known: str) -> None:
    other = {"encoder": "fake/scorer", "scorer": "fake/encoder"}[role]
    for name in ("nothing", "", other, "../../model"):
        sentence = sentence_of(UnknownName, call, engine, **{role: name})
        assert sentence == f'{role} "{name}" is not known; choose one of: {known}.'
    sentence = sentence_of(InvalidInput, call, engine, **{role: 3})
    assert sentence == f"{role} must be the name of a model, got 3."


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        ([], "texts must hold 1 to 200 texts, got 0."),
        (["a"] * 201, "texts must hold 1 to 200 texts, got 201."),
        ("abc", 'texts must be a list of texts, got "abc".'),
        (None, "texts must be a list of texts, got None."),
        (["a", " "], "texts[1] is empty; please type some text."),
        (["a", "\N{ZERO WIDTH SPACE}\x00"], "texts[1] is empty; please type some text."),
        (["a", 3], "texts[1] must be a text, got 3."),
        (["a", "b\ud800"], f"texts[1] has {HALF} at character 2; please delete it."),
        (["a" * 20_001], "texts[0] must have at most 20,000 characters, got 20,001."),
    ],
    ids=lambda value: str(value)[:12],
)
def test_bad_texts_to_rerank_are_named(engine: Engine, texts: list[str], sentence: str) -> None:
    assert sentence_of(InvalidInput, engine.rerank, "war", texts) == sentence


def test_a_bad_query_or_model_to_rerank_with_is_named(engine: Engine) -> None:
    assert sentence_of(InvalidInput, engine.rerank, " ", ["a"]) == "query is empty; please type some text."
    assert 'scorer "x" is not known' in sentence_of(UnknownName, engine.rerank, "war", ["a"], "x")


def test_bad_input_costs_no_model_and_leaves_the_engine_working(make_engine: MakeEngine) -> None:
    encoder, scorer = FakeEncoder(), FakeScorer()
    engine = make_engine(corpus_of("one war", "two", name="films"), encoder=encoder, scorer=scorer)
    for changed in ({"query": ""}, {"candidates": 0}, {"methods": ["x"]}, {"corpus": "x"}, {"scorer": "x"}):
        sentence_of(SearchError, search, engine, **changed)
    assert (encoder.document_calls, encoder.query_calls, scorer.pairs) == ([], [], [])
    assert search(engine).candidates_used == 2


def test_a_value_is_shown_on_one_line_and_short() -> None:
    assert quoted("a\nb\u202e\x00") == '"a' + "\N{REPLACEMENT CHARACTER}b" + 2 * "\N{REPLACEMENT CHARACTER}" + '"'
    assert quoted("x" * 61) == '"' + "x" * 59 + '…"'
    assert quoted([1] * 100).endswith("…")
    assert quoted(10**5_000) == "a very long int"
