"""What an address can hold: what is written reads back, what is long is left out, and nothing in it is trusted."""

from __future__ import annotations

import dataclasses
from typing import Any
from urllib.parse import parse_qs, quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchcore import InvalidInput
from searchcore.evaluate import INDEXES
from searchcore.models import CATALOGUE
from searchcore.neighbours import PRECISIONS, WAYS
from searchcore.ranking import BUILT_IN, FUSION
from searchcore.request import EXPANDING, RULES
from ui import state as page
from ui.state import (
    DEFAULTS,
    LOOKS,
    MAX_ADDRESS_CHARACTERS,
    MOST_LOOKED_AT,
    ORDER,
    PARAMETERS,
    POOLS,
    RESCORED,
    RIGHT,
    TABS,
    Known,
    PageState,
    shortened,
)

METHODS = [method.key for method in BUILT_IN]
MOST_SHORTENED = 4_100
TYPED = {"q": "query", "against": "against", "a": "text_a", "b": "text_b", "word": "word"}
any_text = st.text(st.characters(exclude_categories=()), max_size=60)
long_text = st.one_of(any_text, st.builds(lambda text, times: text * times, any_text, st.integers(1, 300)))
counts = st.integers(1, 200)
BAD_NAMES = [
    *('corpus="other"', 'measured="other"', 'columns="bi_encoder"', 'encoder="x"'),
    *('scorer="my/encoder"', 'matcher="my/encoder"'),
]
shortly = settings(deadline=None, max_examples=100)


def names(most: int = 30) -> st.SearchStrategy[str]:
    return st.text(st.characters(exclude_categories=()).filter(str.isprintable), max_size=most)


def corpus_names() -> st.SearchStrategy[str]:
    return names().filter(lambda name: not (set(name) & set("/\\") or name.startswith((".", "own"))))


def models(role: str) -> st.SearchStrategy[str]:
    return st.sampled_from(["", *(spec.name for spec in CATALOGUE.values() if spec.role == role)])


def states(text: st.SearchStrategy[str] = any_text, **fixed: st.SearchStrategy[Any]) -> st.SearchStrategy[PageState]:
    fields: dict[str, st.SearchStrategy[Any]] = {
        "tab": st.sampled_from(TABS),
        "corpus": corpus_names(),
        "query": text,
        "against": text,
        "by": st.sampled_from(["cross-encoder", "bi-encoder"]),
        "candidates": counts,
        "columns": st.lists(st.sampled_from(METHODS), min_size=1, unique=True).map(tuple),
        "grades": st.lists(st.builds("{}:{}".format, st.integers(0, 3), names().filter(bool)), max_size=6).map(tuple),
        "judging": st.booleans(),
        "predict": st.booleans(),
        "of": st.sampled_from(["", *METHODS]),
        "mark": names(),
        "seen": st.sampled_from(["", *METHODS]),
        "asks": st.sampled_from([ORDER, RIGHT]),
        "guess": st.lists(names().filter(bool), max_size=5, unique=True).map(tuple),
        "revealed": st.booleans(),
        "score": st.sampled_from(["logit", "probability"]),
        "encoder": models("encoder"),
        "scorer": models("scorer"),
        "matcher": models("matcher"),
        "first": st.sampled_from(["", *METHODS]),
        "fused": st.lists(st.sampled_from([m for m in METHODS if m != FUSION]), min_size=2, unique=True).map(tuple),
        "rule": st.sampled_from(RULES),
        "expanded": st.lists(st.sampled_from(EXPANDING), unique=True).map(tuple),
        "look": st.sampled_from(LOOKS),
        "doc": names(),
        "text_a": text,
        "text_b": text,
        "swapped": st.booleans(),
        "batch": st.booleans(),
        "word": text,
        "queries": st.integers(1, 10**9),
        "documents": st.integers(1, 10**9),
        "texts": st.lists(text, max_size=8).map(tuple),
        "measured": corpus_names(),
        "depth": counts,
        "pool": st.sampled_from(POOLS),
        "split": names(),
        "kind": names(),
        "index": st.sampled_from(INDEXES),
        "ef": st.integers(1, MOST_LOOKED_AT),
        "probes": st.integers(1, MOST_LOOKED_AT),
        "dimensions": st.integers(1, MOST_LOOKED_AT),
        "precision": st.sampled_from(list(PRECISIONS)),
        "way": st.sampled_from(WAYS),
        "rescored": st.sampled_from(RESCORED),
        "step": st.integers(1, 30),
        "view": st.sampled_from(["", "projector"]),
    }
    assert set(fields) == set(PARAMETERS)
    return st.builds(PageState, **{**fields, **fixed})


def left_out_of(address: str) -> list[str]:
    return [name for given in parse_qs(address).get("without", []) for name in given.split(",")]


@shortly
@given(states())
def test_what_a_state_writes_reads_back_as_the_same_state(state: PageState) -> None:
    address = state.to_query()
    if not left_out_of(address):
        assert PageState.from_query(address) == (state, [])
        assert PageState.from_query(f"?{address}") == (state, [])


@shortly
@given(states(st.text(st.characters(exclude_categories=()), max_size=8)))
def test_a_short_state_leaves_nothing_out(state: PageState) -> None:
    state = state.with_changes(corpus="", measured="", doc="", kind="")
    assert PageState.from_query(state.to_query()) == (state, [])


@pytest.mark.parametrize(
    "text", ["\0", "a\nb\r\nc\td", " ", "a+b&c=d;e%20?#", "\u2028\x85", "é 🦉 語", "\ufeff", "%00"]
)
@pytest.mark.parametrize("field", TYPED.values())
def test_each_kind_of_character_comes_back(text: str, field: str) -> None:
    state = PageState(**{field: text}, texts=(text, "", text))
    assert PageState.from_query(state.to_query()) == (state, [])


def test_half_of_a_surrogate_pair_becomes_the_replacement_character() -> None:
    state = PageState(query="a\ud800b", texts=("\udfff",))
    assert (state.query, state.texts) == ("a\ufffdb", ("\ufffd",))
    assert PageState.from_query(state.to_query()) == (state, [])


@shortly
@given(states(long_text))
def test_an_address_is_never_longer_than_it_may_be_and_names_what_it_left_out(state: PageState) -> None:
    address = state.to_query()
    assert len(address) <= MAX_ADDRESS_CHARACTERS
    gone = left_out_of(address)
    assert set(gone) <= {*TYPED, "text"}
    read, ignored = PageState.from_query(address)
    assert ignored == [f'"{name}": left out of the address' for name in gone]
    fields = {{**TYPED, "text": "texts"}[name]: DEFAULTS[{**TYPED, "text": "texts"}[name]] for name in gone}
    assert read == state.with_changes(**fields)


@pytest.mark.parametrize(
    "names_shown",
    [{"doc": "語" * 200, "kind": "語" * 200, "measured": "語" * 200}, {"doc": "🦉" * 200, "kind": "🦉" * 200}],
)
def test_an_address_of_long_names_in_another_script_is_no_longer_than_it_may_be(names_shown: dict[str, str]) -> None:
    assert len(PageState(**names_shown).to_query()) <= MAX_ADDRESS_CHARACTERS


def test_the_longest_text_is_the_first_to_go() -> None:
    address = PageState(query="short", text_a="a" * 3_000, text_b="b" * 3_500, word="w" * 100).to_query()
    assert left_out_of(address) == ["b"]
    assert PageState.from_query(address)[1] == ['"b": left out of the address']


def test_the_address_of_a_search_is_written_for_people() -> None:
    address = "corpus=movies&q=vietnam+war&k=20"
    expected = PageState(corpus="movies", query="vietnam war", candidates=20)
    for text in (address, f"?{address}"):
        assert PageState.from_query(text) == (expected, [])
    assert expected.to_query() == address


def test_the_address_of_two_wordings_is_written_for_people() -> None:
    address = "corpus=movies&q=vietnam+war&against=war+in+vietnam&by=bi-encoder&k=20"
    state = PageState(corpus="movies", query="vietnam war", against="war in vietnam", by="bi-encoder")
    assert state.to_query() == address
    assert PageState.from_query(address) == (state, [])
    assert "by" not in state.with_changes(by="cross-encoder").to_query()


def test_the_address_of_an_expanded_query_is_written_for_people() -> None:
    address = "corpus=movies&q=vietnam+war&k=20&expand=bm25,bi_encoder"
    state = PageState(corpus="movies", query="vietnam war", expanded=("bm25", "bi_encoder"))
    assert state.to_query() == address
    assert PageState.from_query(address) == (state, [])
    assert state.options.expanded == ("bm25", "bi_encoder")


def test_the_address_of_a_price_is_written_for_people() -> None:
    address = "tab=hood&look=price&queries=1000000000&documents=5"
    state = PageState(tab="hood", look="price", queries=10**9, documents=5)
    assert state.to_query() == address
    assert PageState.from_query(address) == (state, [])
    assert (PageState().queries, PageState().documents) == (10_000, 10_000)


def test_a_state_of_defaults_has_an_empty_address() -> None:
    assert PageState().to_query() == ""
    for empty in ("", "?"):
        assert PageState.from_query(empty) == (PageState(), [])


HOSTILE = [
    *[("tab", value) for value in ("x", "", "SEARCH", "../hood", "search ")],
    *[("corpus", value) for value in ("a/b", "/etc/passwd", "..", ".hidden", "a\\b", "a\0b", "a\nb", "x" * 201)],
    *[("measured", value) for value in ("a/b", "..\\x", ".", "\u202e")],
    *[(n, v) for n in ("k", "depth") for v in ("-5", "0", "201", "1e3", "²", "", "5.0", "+5", "05", "٣", "9" * 9)],
    *[(n, v) for n in ("queries", "documents") for v in ("0", "-1", "1e9", "10,000", "1000000001", "07", "1.0", "٣")],
    *[("expand", value) for value in ("cross_encoder", "", "bm25,bm25", "bm25,fusion", "bm25,magic", ",", "1")],
    *[("fuse", value) for value in ("bm25", "", "bm25,bm25", "bm25,fusion", "bm25,magic", ",")],
    *[("columns", value) for value in ("magic", "", ",", "bm25,", "bm25,bm25", "bm25,magic", "BM25", "bm25 ")],
    *[(role, value) for role in ("encoder", "scorer", "matcher") for value in ("x", "../x", "<b>", "\0")],
    *[("look", value) for value in ("x", "PAIR", "pair,why")],
    *[("by", value) for value in ("x", "", "cross_encoder", "Bi-encoder")],
    *[("score", value) for value in ("x", "", "Logit")],
    *[("pool", value) for value in ("x", "", "all")],
    *[("swapped", value) for value in ("0", "", "true", "11")],
    *[("batch", value) for value in ("no", "٣")],
    *[("doc", value) for value in ("a\nb", "x" * 201)],
    *[("grade", value) for value in ("4:a", "3:", "x", "-1:a", "3:a\nb", "03:a")],
    *[("view", value) for value in ("x", "PROJECTOR")],
    *[("judge", value) for value in ("0", "yes")],
    *[("split", value) for value in ("\x7f", "x" * 201)],
    *[("kind", value) for value in ("\x7f", "x" * 201)],
    *[(name, "x" * 20_001) for name in TYPED],
    *[("unknown", "1"), ("", "1"), ("_one", "1"), ("<img>", "x"), ("candidates", "5"), ("K", "5")],
]


@pytest.mark.parametrize(("name", "value"), HOSTILE, ids=lambda part: ascii(part)[:24])
def test_what_no_page_can_show_is_named_and_its_default_stands(name: str, value: str) -> None:
    read, ignored = PageState.from_query(f"q=apple&{quote(name)}={quote(value)}&k=7")
    if name == "k":
        assert read == PageState(query="apple")
        assert ignored[0].startswith('k="')
    elif name == "q":
        assert read == PageState(query="apple", candidates=7)
    else:
        assert read == PageState(query="apple", candidates=7)
        assert len(ignored) == 1 and ignored[0].startswith(f'{name}="')
        assert ignored[0].isprintable() and len(ignored[0]) < 100


@pytest.mark.parametrize("role", ["encoder", "scorer"])
def test_a_model_of_another_role_is_unknown(role: str) -> None:
    other = next(spec.name for spec in CATALOGUE.values() if spec.role != role)
    assert PageState.from_query(f"{role}={other}") == (PageState(), [f'{role}="{other}"'])


def test_two_hundred_and_one_texts_are_none() -> None:
    assert PageState.from_query("&".join(["text=a"] * 200))[0].texts == ("a",) * 200
    assert PageState.from_query("&".join(["text=a"] * 201)) == (PageState(), ['text="a"'])


def test_a_parameter_that_stands_twice_counts_once_and_the_other_is_named() -> None:
    assert PageState.from_query("q=a&q=b&q=c") == (PageState(query="a"), ['q="b"', 'q="c"'])


@pytest.mark.parametrize(
    "address", ["__theme=dark", "__sign=x&__x", "?__theme=light&__=1", "view=api", "view=settings"]
)
def test_parameters_of_the_page_itself_are_passed_over_in_silence(address: str) -> None:
    assert PageState.from_query(address) == (PageState(), [])


pieces = st.sampled_from(
    [*(p.name for p in PARAMETERS.values()), "without", "=", "&", ";", "%", "%ff", "%00", "+", "?", ","]
)
garbage = st.one_of(
    any_text,
    st.binary(max_size=200).map(lambda data: data.decode("latin-1")),
    st.binary(max_size=200).map(lambda data: data.decode("utf-8", "surrogateescape")),
    st.binary(max_size=100).map(lambda data: "q=" + quote(data) + "&corpus=" + quote(data) + "&k=" + quote(data)),
    st.lists(st.one_of(pieces, st.text(max_size=5)), max_size=40).map("".join),
    st.tuples(pieces, any_text).map(lambda pair: f"{pair[0]}={pair[1]}"),
)


@settings(deadline=None, max_examples=300)
@given(garbage)
def test_no_address_is_an_error(text: str) -> None:
    read, ignored = PageState.from_query(text)
    assert isinstance(read, PageState)
    assert all(sentence.isprintable() for sentence in ignored)
    assert len(read.to_query()) <= MAX_ADDRESS_CHARACTERS


@pytest.mark.parametrize(
    "address",
    [
        "x" * 100_000,
        "%" * 100_000,
        "q=" + "%ff" * 33_000,
        "q=" + "a" * 100_000,
        "without=" + "a," * 50_000,
        "&" * 100_000,
        "k=" + "9" * 100_000,
        "&".join(f"p{i}=1" for i in range(10_000)),
        "&".join(["text=a"] * 10_000),
        "&".join(["q=a"] * 10_000),
    ],
    ids=lambda address: address[:10],
)
def test_a_very_long_address_is_read_and_what_it_says_of_it_stays_short(address: str) -> None:
    read, ignored = PageState.from_query(address)
    assert isinstance(read, PageState)
    assert len(ignored) <= page.MAX_PARAMETERS + 1
    assert all(len(sentence) < 150 for sentence in ignored)


def test_how_many_parameters_are_too_many_is_said() -> None:
    ignored = PageState.from_query("&".join(["__a=1"] * 10_000))[1]
    assert ignored == ["9,700 more"]


@shortly
@given(states(long_text, corpus=st.sampled_from(["own", "own-1a2b"])))
def test_texts_of_a_visitors_own_corpus_never_stand_in_the_address(state: PageState) -> None:
    address = state.to_query()
    assert len(address) <= MAX_ADDRESS_CHARACTERS
    written = parse_qs(address, keep_blank_values=True)
    assert not {"b", "text"} & set(written)
    assert written.get("doc", [""]) == [state.doc]
    assert written["corpus"] == [state.corpus]
    assert ("b" in left_out_of(address)) == (state.text_b != "")
    assert ("text" in left_out_of(address)) == (state.texts != ())


@pytest.mark.parametrize(("corpus", "own"), [("own", True), ("own-x", True), ("owner", False), ("", False)])
def test_a_corpus_is_a_visitors_own_by_its_name(corpus: str, own: bool) -> None:
    assert PageState(corpus=corpus).own is own


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[(name, v) for name in ("candidates", "depth") for v in (0, -1, 201, True, "20", 20.0, None, 10**5000)],
        *[(name, v) for name in ("queries", "documents") for v in (0, 10**9 + 1, True, "20", 20.0, None)],
        *[("tab", value) for value in ("x", "", None, [], 1)],
        *[
            ("columns", value)
            for value in ((), ["bm25"], "bm25", None, ("a,b",), ("",), (1,), ("a", "a"), ([],), ({},))
        ],
        *[("corpus", value) for value in (None, "a/b", ".a", "a\n", 1)],
        *[("query", value) for value in (None, 1, b"a", "a" * 20_001)],
        *[("texts", value) for value in (["a"], "a", None, (1,), ("a",) * 201, ("a" * 20_001,))],
        *[(name, value) for name in ("swapped", "batch") for value in (1, "1", None)],
        *[(name, value) for name in ("score", "look", "pool") for value in ("x", None, {})],
        *[
            (name, value)
            for name in ("doc", "kind", "encoder", "scorer", "matcher")
            for value in (None, "a\0", "\ud800")
        ],
    ],
    ids=lambda part: ascii(part)[:24] if not isinstance(part, int) or part < 999 else "huge",
)
def test_a_value_that_no_page_can_show_is_refused_by_name(field: str, value: Any) -> None:
    with pytest.raises(InvalidInput, match=f"^{field} can't be shown by the page, got "):
        PageState(**{field: value})
    with pytest.raises(InvalidInput):
        PageState().with_changes(**{field: value})


def test_a_state_cannot_be_changed_in_place() -> None:
    state = PageState()
    with pytest.raises(dataclasses.FrozenInstanceError):
        state.query = "new"  # type: ignore[misc]
    changed = state.with_changes(query="new")
    assert (state.query, changed.query) == ("", "new")
    assert changed.changed_from(state) == {"query"}
    assert len({state, PageState(), changed}) == 2


@shortly
@given(states(long_text))
def test_a_shortened_address_is_short_and_names_what_is_gone(state: PageState) -> None:
    pairs = [(PARAMETERS[name].name, getattr(state, name)) for name in TYPED.values()]
    address = "&".join(f"{name}={quote(value)}" for name, value in pairs if value)
    short = shortened(address)
    assert len(short) <= MOST_SHORTENED
    kept = parse_qs(short, keep_blank_values=True)
    gone = left_out_of(short)
    assert {name for name, value in pairs if value} == (set(kept) | set(gone)) - {"without", "k", "more"}
    assert not set(kept) & set(gone)


@settings(deadline=None, max_examples=100)
@given(garbage)
def test_any_address_can_be_shortened(text: str) -> None:
    assert len(shortened(text)) <= MOST_SHORTENED


def test_an_address_of_unusable_values_beside_a_long_query_is_short_once_shortened() -> None:
    bad = "&".join(f"{p.name}=a/b%00" for p in PARAMETERS.values() if not p.text)
    room = MAX_ADDRESS_CHARACTERS - len("q=&k=20")
    assert len(shortened(f"q={'a' * room}&{bad}")) <= MOST_SHORTENED


def test_a_shortened_address_keeps_what_fits() -> None:
    short = shortened(f"?corpus=movies&q=vietnam+war&k=30&a={'x' * 5_000}")
    assert short == "corpus=movies&q=vietnam+war&k=30&without=a"


def test_a_default_that_the_address_spelled_out_is_not_called_gone() -> None:
    assert left_out_of(shortened(f"tab=search&q=apple&a={'x' * 5_000}")) == ["a"]


def test_only_known_corpora_methods_and_models_are_taken() -> None:
    known = Known(corpora=("movies",), methods=("bm25",), models=(("encoder", "my/encoder"),))
    good = "corpus=movies&measured=movies&columns=bm25&encoder=my/encoder"
    expected = PageState(corpus="movies", measured="movies", columns=("bm25",), encoder="my/encoder")
    assert PageState.from_query(good, known) == (expected, [])
    bad = "corpus=other&measured=other&columns=bi_encoder&encoder=x&scorer=my/encoder&matcher=my/encoder"
    assert PageState.from_query(bad, known) == (
        PageState(),
        [
            'corpus="other"',
            'measured="other"',
            'columns="bi_encoder"',
            'encoder="x"',
            'scorer="my/encoder"',
            'matcher="my/encoder"',
        ],
    )


def test_without_a_list_of_corpora_any_name_is_taken() -> None:
    assert PageState.from_query("corpus=anything&measured=other")[0].corpus == "anything"
    assert PageState.from_query("corpus=anything", Known(corpora=()))[1] == ['corpus="anything"']
