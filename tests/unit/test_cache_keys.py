"""The name of a cache entry: the same for the same vectors, another one as soon as anything could change them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchcore import Corpus, Document, Query
from searchcore.index import embedding_cache
from searchcore.index.embedding_cache import cache_key

shortly = settings(deadline=None, max_examples=50)
# Few letters, and those that could be taken for a border, so that different corpora are often nearly the same.
SMALL = st.text("ab\n\x00", max_size=3)
ANY = st.text(st.characters(), max_size=12)


def corpora(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Corpus]:
    documents = st.builds(Document, doc_id=texts, text=texts, title=texts)
    listed = st.lists(documents, min_size=1, max_size=4, unique_by=lambda document: document.doc_id)
    return listed.map(lambda found: Corpus("c", tuple(found)))


def content(corpus: Corpus) -> list[tuple[str, str]]:
    return [(document.doc_id, document.passage) for document in corpus.documents]


@settings(deadline=None, max_examples=200)
@given(corpora(SMALL), SMALL, SMALL, corpora(SMALL), SMALL, SMALL)
def test_two_keys_are_equal_exactly_when_all_that_decides_the_vectors_is(
    one: Corpus, print_one: str, kind_one: str, two: Corpus, print_two: str, kind_two: str
) -> None:
    same = (content(one), print_one, kind_one) == (content(two), print_two, kind_two)
    assert (cache_key(one, print_one, kind_one) == cache_key(two, print_two, kind_two)) is same


@shortly
@given(corpora(ANY), ANY)
def test_a_key_is_the_same_every_time_and_can_be_the_name_of_a_file(corpus: Corpus, fingerprint: str) -> None:
    key = cache_key(corpus, fingerprint)
    assert re.fullmatch("[0-9a-f]{64}", key)
    assert key == cache_key(Corpus("c", tuple(replace(d) for d in corpus.documents)), fingerprint)
    assert key == cache_key(corpus, fingerprint, "embeddings")


@shortly
@given(corpora(ANY), ANY)
def test_a_key_does_not_depend_on_what_no_model_reads(corpus: Corpus, word: str) -> None:
    documents = tuple(replace(document, metadata={"year": 1999}) for document in corpus.documents)
    judged = Corpus(
        f"other {word}", documents, word, word, (Query("q", word),), {"q": {documents[0].doc_id: 1}}, shared=True
    )
    assert cache_key(judged, "model") == cache_key(corpus, "model")


@shortly
@given(corpora(ANY), st.data())
def test_a_key_changes_with_one_id_one_title_one_text_and_the_order(corpus: Corpus, data: st.DataObject) -> None:
    documents = list(corpus.documents)
    place = data.draw(st.integers(0, len(documents) - 1))
    chosen = documents[place]
    changed = [
        replace(chosen, doc_id="".join(d.doc_id for d in documents) + "x"),
        replace(chosen, title=chosen.title + "x"),
        replace(chosen, text=chosen.text + "x"),
    ]
    versions = [(*documents[:place], document, *documents[place + 1 :]) for document in changed]
    versions += [(*documents, Document("".join(d.doc_id for d in documents) + "x", "")), tuple(documents)]
    if len(documents) > 1:
        versions += [tuple(reversed(documents)), tuple(documents[1:])]
    found = {cache_key(Corpus("c", version), "model") for version in versions}
    # A title alone is read as a text alone is.
    assert len(found) == len({tuple((d.doc_id, d.passage) for d in version) for version in versions})


@shortly
@given(corpora(ANY), ANY)
def test_a_key_changes_with_the_model_and_the_kind_of_vectors(corpus: Corpus, fingerprint: str) -> None:
    found = {
        cache_key(corpus, fingerprint),
        cache_key(corpus, fingerprint + " "),
        cache_key(corpus, fingerprint, "tokens"),
        cache_key(corpus, fingerprint + " ", "tokens"),
    }
    assert len(found) == 4


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([("ab", "c")], [("a", "bc")]),
        ([("a", "b"), ("c", "d")], [("a", "bcd")]),
        ([("a", ""), ("b", "")], [("b", ""), ("a", "")]),
        ([("a", "\N{LATIN SMALL LETTER E WITH ACUTE}")], [("a", "e\N{COMBINING ACUTE ACCENT}")]),
    ],
)
def test_texts_that_look_the_same_one_after_the_other_have_different_keys(
    one: list[tuple[str, str]], other: list[tuple[str, str]]
) -> None:
    found = {cache_key(Corpus("c", tuple(Document(*d) for d in documents)), "model") for documents in (one, other)}
    assert len(found) == 2


def test_half_of_a_surrogate_pair_has_a_key_of_its_own() -> None:
    texts = ("\ud83d", "\ude00", "\ufffd", "?", "\N{GRINNING FACE}")
    assert len({cache_key(Corpus("c", (Document("d", text),)), "model") for text in texts}) == len(texts)


def test_a_new_format_has_new_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = Corpus("c", (Document("d", "text"),))
    before = cache_key(corpus, "model")
    monkeypatch.setattr(embedding_cache, "FORMAT_VERSION", embedding_cache.FORMAT_VERSION + 1)
    assert cache_key(corpus, "model") != before
