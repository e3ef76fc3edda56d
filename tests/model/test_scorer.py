"""The bundled cross-encoder: a pair's score depends on that pair alone."""

import json
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from tokenizers import Tokenizer

from searchcore.models import onnx
from searchcore.models.catalogue import _RERANKER
from searchcore.running import Caller, finish

SCHEDULES = 200
THREADS = 4
WINDOW = 512
LONG_PASSAGE = "The population of Berlin grew by a few thousand people in every year of that decade. " * 60


@pytest.fixture(scope="module")
def pairs(golden):
    """Sixteen pairs of 8 to 60 tokens, among them one passage under two queries."""
    berlin, toy = golden["berlin"], golden["toy"]
    pairs = [(berlin["query"], document) for document in berlin["documents"]]
    pairs += [("horse", document) for document in toy["documents"][3:7]]
    pairs += [("How many museums are in Berlin?", berlin["documents"][1]), (berlin["query"], "Berlin.")]
    return pairs


@pytest.fixture(scope="module")
def alone(scorer, pairs):
    """The score of each pair when nothing else is scored."""
    return {pair: next(iter(scorer.scores([pair]))) for pair in pairs}


def test_over_200_random_schedules_a_pair_always_has_the_same_bits(scorer, pairs, alone):
    draw = random.Random(20)
    schedules = [draw.sample(pairs, draw.randint(1, 6)) for _ in range(SCHEDULES)]
    with ThreadPoolExecutor(THREADS) as threads:
        scored = list(threads.map(lambda schedule: list(scorer.scores(schedule)), schedules))
    assert len(scored) == SCHEDULES
    for schedule, scores in zip(schedules, scored, strict=True):
        assert scores == [alone[pair] for pair in schedule]


def test_scores_come_in_the_order_of_the_pairs_however_long_each_takes(scorer, pairs, alone):
    slow = ("berlin", LONG_PASSAGE)
    mixed = [slow, *pairs[:4], slow, *reversed(pairs[4:8])]
    scores = list(scorer.scores(mixed))
    assert scores[0] == scores[5]
    assert [score for i, score in enumerate(scores) if i not in (0, 5)] == [
        alone[pair] for pair in mixed if pair is not slow
    ]
    assert len(set(scores)) == len(mixed) - 1


def test_no_pairs_have_no_scores(scorer):
    assert list(scorer.scores([])) == []


def test_closing_the_iterator_early_drops_the_pairs_not_begun(scorer, monkeypatch):
    begun = []
    run = onnx._run

    def counted(session, encoding):
        # Token vectors may be made meanwhile, behind all else.
        if session is scorer._session:
            begun.append(encoding)
        return run(session, encoding)

    monkeypatch.setattr(onnx, "_run", counted)
    scores = scorer.scores([("berlin", f"Berlin has {number} museums.") for number in range(500)])
    next(scores)
    scores.close()
    assert len(begun) == 1


def test_in_the_line_two_pairs_are_scored_at_a_time_with_the_same_bits_whoever_asks(engine, scorer, pairs, alone):
    assert scorer.parallel == onnx.PARALLEL_INPUTS == 2
    draw = random.Random(21)
    schedules = [draw.sample(pairs, draw.randint(1, 6)) for _ in range(SCHEDULES // 4)]

    def scored(number):
        return finish(engine.for_caller(Caller(f"caller {number % 3}")).score_pairs(schedules[number]))

    with ThreadPoolExecutor(THREADS) as threads:
        found = list(threads.map(scored, range(len(schedules))))
    assert found == [[alone[pair] for pair in schedule] for schedule in schedules]


def test_a_scorer_goes_on_working_after_an_iterator_was_closed(scorer, pairs, alone):
    scores = scorer.scores(pairs)
    next(scores)
    scores.close()
    assert list(scorer.scores(pairs[:2])) == [alone[pair] for pair in pairs[:2]]


def test_a_passage_beyond_the_window_is_cut_and_the_cut_is_counted(scorer):
    query = "How many people live in Berlin?"
    read = scorer.read(query, LONG_PASSAGE)
    whole = Tokenizer.from_file(str(_RERANKER.checked_folder() / "tokenizer.json"))
    whole.no_truncation()
    whole.no_padding()
    tokens = whole.encode(query, LONG_PASSAGE).tokens
    assert len(read.ids) == read.limit == scorer.window == WINDOW
    assert read.dropped == len(tokens) - WINDOW
    # The last token kept is [SEP]; before it, and after the cut, the passage goes on unbroken.
    assert [*read.tokens[:-1], *read.dropped_tokens, "[SEP]"] == tokens


def test_what_lies_beyond_the_window_does_not_change_the_score(scorer):
    scores = list(scorer.scores([("berlin", LONG_PASSAGE), ("berlin", LONG_PASSAGE + "Nothing of this is read.")]))
    assert scores[0] == scores[1]


def test_a_short_passage_is_read_whole(scorer):
    read = scorer.read("berlin", "Berlin is well known for its museums.")
    assert read.dropped == 0
    assert read.dropped_tokens == ()


def test_the_fixed_padding_of_the_tokenizer_file_is_off(scorer):
    file = json.loads((_RERANKER.checked_folder() / "tokenizer.json").read_text(encoding="utf-8"))
    assert file["padding"]["strategy"] == {"Fixed": WINDOW}
    read = scorer.read("berlin", "museums")
    assert read.tokens == ("[CLS]", "berlin", "[SEP]", "museums", "[SEP]")
    assert len(scorer.tokens.encode("berlin", "museums").ids) == len(read.ids)


def test_the_query_and_the_passage_are_not_interchangeable(scorer):
    query, passage = "How many people live in Berlin?", "Berlin had 3,520,031 inhabitants."
    one, other = scorer.scores([(query, passage), (passage, query)])
    assert one != other


def test_typed_special_tokens_are_text_to_the_cross_encoder(engine):
    read = engine.scorer().read("a [CLS] b", "c [SEP] d")
    assert (read.tokens.count("[CLS]"), read.tokens.count("[SEP]")) == (1, 2)
    assert read.segments.count(1) == len(("c", "[", "sep", "]", "d", "[SEP]"))
