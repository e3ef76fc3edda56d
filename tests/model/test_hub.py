"""Models from the Hugging Face Hub, fetched from a local stand-in by the very loaders of the catalogue."""

from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModel, AutoModelForSequenceClassification, AutoTokenizer

from searchcore import Cancelled
from searchcore.models import DEFAULT_ENCODER, Encoder, PairScorer, hub
from searchcore.models.catalogue import COLBERT
from searchcore.models.protocols import TokenEncoder

from .conftest import NOT_WANTED
from .tiny_models import BERT, COMMITS, DIMENSIONS, DOCUMENT_TOKENS, ENCODER, QUERY_TOKENS, SCORER, load, save_bert

PAIRS = [("how many people live in berlin ?", "people live in berlin ."), ("horse", "the museums")]
TEXTS = ["a man is eating bread .", "the woman drums"]


def token_means(folder: Path) -> np.ndarray:
    """Unit vectors of TEXTS by transformers alone: the mean of the last hidden states."""
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder)
    with torch.no_grad():
        rows = [model(**tokenizer(text, return_tensors="pt")).last_hidden_state[0].mean(dim=0) for text in TEXTS]
    return torch.nn.functional.normalize(torch.stack(rows)).numpy()


@pytest.mark.parametrize("name", [ENCODER, BERT])
def test_an_encoder_from_the_hub_gives_the_normalised_mean_of_its_token_vectors(stand_in, saved, name):
    encoder = load(name)
    assert isinstance(encoder, Encoder)
    np.testing.assert_allclose(encoder.encode_documents(TEXTS), token_means(saved[name]), atol=1e-6)
    mean = encoder.token_vectors(TEXTS[0]).mean(axis=0)
    np.testing.assert_allclose(mean / np.linalg.norm(mean), token_means(saved[name])[0], atol=1e-5)
    assert encoder.read("the museums").tokens == ("[CLS]", "the", "museum", "##s", "[SEP]")


def test_a_scorer_from_the_hub_gives_logits_and_not_their_sigmoid(stand_in, saved):
    scorer = load(SCORER)
    assert isinstance(scorer, PairScorer)
    tokenizer = AutoTokenizer.from_pretrained(saved[SCORER])
    model = AutoModelForSequenceClassification.from_pretrained(saved[SCORER])
    with torch.no_grad():
        logits = [model(**tokenizer(*pair, return_tensors="pt")).logits.item() for pair in PAIRS]
    assert list(scorer.scores(PAIRS)) == pytest.approx(logits, abs=1e-5)
    assert not all(0 < logit < 1 for logit in logits)
    assert scorer.read(*PAIRS[1]).tokens == ("[CLS]", "horse", "[SEP]", "the", "museum", "##s", "[SEP]")


def test_a_late_interaction_model_from_the_hub_gives_unit_vectors_of_its_own_lengths(stand_in):
    matcher = load(COLBERT)
    assert isinstance(matcher, TokenEncoder)
    # The lengths stand in artifact.metadata: a query is filled up to its length, a document is cut.
    query, document = matcher.query_tokens("horse"), matcher.document_tokens("horse " * 50)
    assert query.shape == (QUERY_TOKENS, DIMENSIONS)
    assert document.shape == (DOCUMENT_TOKENS, DIMENSIONS)
    np.testing.assert_allclose(np.linalg.norm(np.concatenate([query, document]), axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("name", list(COMMITS))
def test_the_fingerprint_names_the_model_and_its_commit(stand_in, name):
    assert load(name).fingerprint.split("|")[0] == f"{name}@{COMMITS[name]}"


def test_a_new_commit_on_the_hub_is_fetched_and_changes_the_fingerprint(stand_in, saved):
    old = load(ENCODER).fingerprint
    stand_in.add(ENCODER, "9" * 40, saved[ENCODER])
    new = load(ENCODER).fingerprint
    assert new == old.replace("1" * 40, "9" * 40) != old


def test_a_window_from_the_hub_is_kept_and_what_lies_beyond_is_counted(stand_in):
    read = load(ENCODER).read("horse " * 100)
    assert (read.limit, len(read.ids), read.dropped) == (64, 64, 38)


def test_a_window_beyond_512_is_bounded_for_the_model_and_for_what_is_shown_alike(stand_in, tmp_path):
    save_bert(tmp_path / "wide", tmp_path, window=1024)
    stand_in.add(BERT, "9" * 40, tmp_path / "wide")
    encoder = load(BERT)
    assert encoder.window == len(encoder.read("horse " * 1000).ids) == 512
    assert encoder.token_vectors("horse " * 1000).shape == (512, 32)


@pytest.mark.parametrize("name", list(COMMITS))
def test_no_file_that_could_carry_code_is_asked_for(stand_in, saved, name):
    load(name)
    assert "model.safetensors" in stand_in.files_asked_for()
    assert {Path(file).suffix for file in stand_in.files_asked_for()} <= {".safetensors", ".json", ".txt", ".metadata"}
    assert not stand_in.files_asked_for() & set(NOT_WANTED)


def test_loading_asks_the_hub_for_nothing_but_the_commit_the_list_and_the_files(stand_in):
    load(SCORER)
    kinds = {path.split("/")[3 if "/resolve/" in path else 5] for path in stand_in.paths}
    assert kinds == {"revision", "tree", "resolve"}


def test_progress_is_reported_in_bytes_up_to_all_of_them(stand_in, saved):
    reports: list[tuple[int, int]] = []
    load(ENCODER, lambda done, total: reports.append((done, total)))
    wanted = [saved[ENCODER] / file for file in stand_in.files_asked_for()]
    size = sum(file.stat().st_size for file in wanted)
    done, totals = zip(*reports, strict=True)
    assert len(set(done)) >= 3
    assert list(done) == sorted(done)
    assert list(totals) == sorted(totals)
    assert reports[-1] == (size, size)
    assert all(done <= total for done, total in reports)


def test_nothing_is_printed_while_a_model_is_fetched(stand_in, capfd):
    hub.fetch(ENCODER, DEFAULT_ENCODER, lambda done, total: None)
    assert capfd.readouterr() == ("", "")


def test_a_fetch_that_nobody_waits_for_stops(stand_in):
    def stop(done: int, total: int) -> None:
        raise Cancelled("The work was stopped.")

    with pytest.raises(Cancelled):
        load(ENCODER, stop)


def test_a_model_that_is_there_already_is_not_fetched_again(stand_in):
    load(ENCODER)
    stand_in.paths.clear()
    reports: list[tuple[int, int]] = []
    load(ENCODER, lambda done, total: reports.append((done, total)))
    assert stand_in.files_asked_for() == set()
    assert reports == []
