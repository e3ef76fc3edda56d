"""The museum's lesson with chunks: what stands beyond the window is found, and what that costs."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchcore import Engine, Options
from searchcore.evaluate import against
from searchcore.index.chunks import spans
from searchcore.models import Encoder
from searchcore.types import Ranking

BGE = "BAAI/bge-small-en-v1.5"
# Signs, accents apart from their letters, scripts without spaces, white space of all kinds, and what is no word.
HOSTILE = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from("e\u0301\u0308\u200d\u202e\u00a0\ufeff\u0000\t\n[SEP]##ßſİıΣς가ᄀ中日👩‍👩‍👧ﬁ½<mark>&\u0ddf"),
    ),
    max_size=120,
)


def run(engine: Engine, query: str, options: Options | None = None, method: str = "bi_encoder") -> Ranking:
    return engine.search("museum", query, 16, [method], options=options).rankings[method]


@pytest.fixture(scope="module")
def encoders(engine: Engine) -> list[Encoder]:
    return [engine.encoder(), engine.encoder(BGE)]


@settings(max_examples=150)
@given(HOSTILE, st.integers(1, 20), st.integers(0, 10))
def test_a_chunk_has_the_very_tokens_of_its_part_of_the_text(
    encoders: list[Encoder], text: str, window: int, overlap: int
) -> None:
    for encoder in encoders:
        words = encoder.words(text)
        whole = encoder.read(text)
        assert sum(tokens for _, tokens in words) == len(whole.tokens) + whole.dropped - 2
        made = spans(words, window, min(overlap, window // 2), len(text))
        assert (made[0][0], made[-1][1]) == (0, len(text))
        covered = 0
        tokens = whole.tokens[1:-1] + whole.dropped_tokens
        for start, end in made:
            first = sum(count for place, count in words if place < start)
            piece = encoder.read(text[start:end]).tokens[1:-1]
            assert piece == tokens[first : first + len(piece)]
            assert first <= covered <= first + len(piece)
            covered = first + len(piece)
        assert covered == len(tokens)


def ndcg(engine: Engine, options: Options | None) -> float:
    corpus = engine.corpora["museum"]
    results = engine.search_many(corpus, [q.text for q in corpus.queries], 16, ["bi_encoder"], options=options)
    made = [
        against(corpus, corpus.qrels[query.query_id], result.rankings["bi_encoder"]).ndcg
        for query, result in zip(corpus.queries, results, strict=True)
    ]
    return sum(made) / len(made)


def test_with_chunks_nearly_every_answer_of_the_museum_is_found(engine: Engine) -> None:
    assert ndcg(engine, None) == pytest.approx(0.465, abs=0.01)
    for window in (128, 64, 32):
        for overlap in (0, window // 4):
            assert ndcg(engine, Options(window=window, overlap=overlap)) > 0.95, (window, overlap)


def test_the_chunk_that_decided_holds_the_answer(engine: Engine) -> None:
    corpus = engine.corpora["museum"]
    found = run(engine, "Who grew tomatoes that were ripe at Christmas?", Options(window=64))
    assert (found.hits[0].doc_id, found.unread) == ("m14", {})
    assert found.chunking is not None
    assert (found.chunking.documents, found.chunking.longer, found.chunking.chunks) == (16, 16, 140)
    chunk = found.chunking.decided["m14"]
    assert "tomatoes" in corpus.document("m14").passage[chunk.start : chunk.end]
    assert chunk.number > chunk.of // 2
    assert chunk.rank_whole == next(
        hit.rank for hit in run(engine, "Who grew tomatoes that were ripe at Christmas?").hits if hit.doc_id == "m14"
    )
    assert chunk.rank_whole > 1


def test_short_documents_are_ranked_as_without_chunks(engine: Engine) -> None:
    plain, cut = (
        engine.search("toy", "a man eats", 20, ["bi_encoder"], options=options).rankings["bi_encoder"]
        for options in (None, Options(window=128, overlap=32))
    )
    assert cut.hits == plain.hits
    assert cut.chunking is not None
    assert (cut.chunking.longer, cut.chunking.chunks) == (0, cut.chunking.documents)


def test_punctuation_stays_with_the_word_that_it_touches(encoders: list[Encoder]) -> None:
    text = 'The miller\'s "old" wheel, (it turned) ended. 中日，本'
    for encoder in encoders:
        starts = [start for start, _ in encoder.words(text)]
        assert [text[a:b] for a, b in zip(starts, [*starts[1:], len(text)], strict=True)] == [
            "The ",
            "miller's ",
            '"old" ',
            "wheel, ",
            "(it ",
            "turned) ",
            "ended. ",
            "中",
            "日，本",
        ]
        assert max(tokens for _, tokens in encoder.words("." * 1000)) == 8
