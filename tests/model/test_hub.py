"""Models from the Hugging Face Hub, fetched from a local stand-in by the very loaders of the catalogue."""

import socket
import threading
from pathlib import Path

import huggingface_hub
import numpy as np
import pytest
import torch
from huggingface_hub import constants
from transformers import AutoModel, AutoModelForSequenceClassification, AutoTokenizer

from searchcore import Cancelled, Engine, ModelUnavailable
from searchcore.embeddings import EmbeddingCache
from searchcore.models import (
    CATALOGUE,
    DEFAULT_ENCODER,
    DEFAULT_SCORER,
    Encoder,
    ModelSpec,
    ModelStore,
    PairScorer,
    hub,
)
from searchcore.models.catalogue import COLBERT
from searchcore.models.protocols import TokenEncoder

from .hub_stand_in import HubStandIn
from .tiny_models import DIMENSIONS, DOCUMENT_TOKENS, QUERY_TOKENS, save_bert, save_colbert, save_encoder, save_scorer

ENCODER, BERT = "sentence-transformers/all-MiniLM-L12-v2", "google-bert/bert-base-uncased"
SCORER = "cross-encoder/ms-marco-MiniLM-L6-v2"
COMMITS = {ENCODER: "1" * 40, SCORER: "2" * 40, BERT: "3" * 40, COLBERT: "4" * 40}
SAVE = {ENCODER: save_encoder, SCORER: save_scorer, BERT: save_bert, COLBERT: save_colbert}
NOT_WANTED = ("pytorch_model.bin", "modeling_tiny.py", "onnx/model.onnx", "onnx/config.json", "tf_model.h5")
PAIRS = [("how many people live in berlin ?", "people live in berlin ."), ("horse", "the museums")]
TEXTS = ["a man is eating bread .", "the woman drums"]


def ignore(done: int, total: int) -> None:
    """A report that nobody reads."""


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> dict[str, Path]:
    """The folder of each tiny model, with files beside it that must not be fetched."""
    folders = {name: tmp_path_factory.mktemp("model") for name in SAVE}
    for name, folder in folders.items():
        SAVE[name](folder, tmp_path_factory.mktemp("work"))
        for file in NOT_WANTED:
            (folder / file).parent.mkdir(exist_ok=True)
            (folder / file).write_bytes(b"this must not be fetched")
    return folders


@pytest.fixture
def use_endpoint(monkeypatch, tmp_path):
    """Point the Hub's client at another address, with an empty folder for local copies.

    The client reads HF_ENDPOINT and its like once, at import; so its constants are set here.
    """

    def use(endpoint: str) -> None:
        monkeypatch.setattr(constants, "ENDPOINT", endpoint)
        monkeypatch.setattr(
            constants, "HUGGINGFACE_CO_URL_TEMPLATE", endpoint + "/{repo_id}/resolve/{revision}/{filename}"
        )

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    huggingface_hub.close_session()
    yield use
    huggingface_hub.close_session()


@pytest.fixture
def stand_in(saved, use_endpoint):
    with HubStandIn() as server:
        for name, folder in saved.items():
            server.add(name, COMMITS[name], folder)
        use_endpoint(server.endpoint)
        yield server


@pytest.fixture
def nobody_there(use_endpoint):
    """An address that refuses every connection."""
    with socket.socket() as bound_but_not_listening:
        bound_but_not_listening.bind(("127.0.0.1", 0))
        use_endpoint(f"http://127.0.0.1:{bound_but_not_listening.getsockname()[1]}")
        yield


def load(name: str, report=ignore) -> Encoder | PairScorer | TokenEncoder:
    return CATALOGUE[name].load(report)


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
    hub.fetch(ENCODER, DEFAULT_ENCODER, ignore)
    assert capfd.readouterr() == ("", "")


def test_a_fetch_that_nobody_waits_for_stops(stand_in):
    def stop(done: int, total: int) -> None:
        raise Cancelled("The work was stopped.")

    with pytest.raises(Cancelled):
        load(ENCODER, stop)


def test_without_the_hub_the_local_copy_is_used(stand_in):
    first = load(ENCODER)
    stand_in.stop()
    again = load(ENCODER)
    assert again.fingerprint == first.fingerprint
    np.testing.assert_array_equal(again.encode_documents(TEXTS), first.encode_documents(TEXTS))


def test_a_model_that_is_there_already_is_not_fetched_again(stand_in):
    load(ENCODER)
    stand_in.paths.clear()
    reports: list[tuple[int, int]] = []
    load(ENCODER, lambda done, total: reports.append((done, total)))
    assert stand_in.files_asked_for() == set()
    assert reports == []


@pytest.mark.parametrize(
    ("name", "default"), [(ENCODER, DEFAULT_ENCODER), (SCORER, DEFAULT_SCORER), (COLBERT, f"({DEFAULT_ENCODER})")]
)
def test_with_neither_hub_nor_copy_the_sentence_names_both_models(nobody_there, name, default):
    with pytest.raises(ModelUnavailable) as caught:
        load(name)
    sentence = str(caught.value)
    assert sentence.startswith(f"{name} could not be fetched")
    assert sentence.endswith(f"{default} stays in use.")


def test_a_model_that_the_hub_no_longer_has_is_unavailable(stand_in):
    del stand_in.models[ENCODER]
    with pytest.raises(ModelUnavailable, match=ENCODER):
        load(ENCODER)


def test_a_broken_download_is_never_loaded_and_is_completed_later(stand_in):
    stand_in.missing.add("model.safetensors")
    with pytest.raises(ModelUnavailable):
        load(ENCODER)
    stand_in.missing.clear()
    assert load(ENCODER).fingerprint.startswith(ENCODER)


def test_a_broken_download_is_not_taken_for_a_local_copy(stand_in):
    stand_in.missing.add("model.safetensors")
    with pytest.raises(ModelUnavailable):
        load(ENCODER)
    stand_in.stop()
    with pytest.raises(ModelUnavailable):
        load(ENCODER)


class Listener:
    """Accepts connections and hangs up at once, or keeps them open without a word."""

    def __init__(self, hang_up: bool) -> None:
        self.hang_up = hang_up
        self.connections: list[socket.socket] = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections.append(connection)
            if self.hang_up:
                connection.close()

    def close(self) -> None:
        # shutdown wakes the thread that accepts; close alone would not.
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        for connection in self.connections:
            connection.close()


@pytest.mark.parametrize("hang_up", [True, False], ids=["hangs up", "never answers"])
def test_a_hub_that_hangs_up_or_never_answers_is_given_up_after_one_attempt(use_endpoint, monkeypatch, hang_up):
    monkeypatch.setattr(hub, "ANSWER_SECONDS", 0.3)
    listener = Listener(hang_up)
    use_endpoint(f"http://127.0.0.1:{listener.socket.getsockname()[1]}")
    errors: list[Exception] = []

    def attempt() -> None:
        try:
            load(ENCODER)
        except Exception as error:
            errors.append(error)

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(60)
    listener.close()
    assert not thread.is_alive()
    assert [type(error) for error in errors] == [ModelUnavailable]
    assert len(listener.connections) == 1


@pytest.fixture
def catalogue_engine(encoder, scorer, tmp_path):
    """An engine with the whole catalogue, the default models loaded already."""
    catalogue = CATALOGUE | {
        DEFAULT_ENCODER: ModelSpec(DEFAULT_ENCODER, "encoder", True, "Apache-2.0", lambda report: encoder),
        DEFAULT_SCORER: ModelSpec(DEFAULT_SCORER, "scorer", True, "Apache-2.0", lambda report: scorer),
    }
    engine = Engine(models=ModelStore(catalogue), cache=EmbeddingCache(tmp_path / "cache"))
    yield engine
    engine.close()


def best(engine: Engine, **models: str) -> str:
    result = engine.search("toy", "A man is eating pasta.", 3, **models)
    return result.rankings["cross_encoder"].hits[0].doc_id


@pytest.mark.parametrize("models", [{"encoder": ENCODER}, {"scorer": SCORER}])
def test_a_search_says_that_the_hub_is_out_of_reach_and_the_next_one_works(nobody_there, catalogue_engine, models):
    with pytest.raises(ModelUnavailable, match="stays in use"):
        best(catalogue_engine, **models)
    assert best(catalogue_engine) == "0"


def test_a_model_that_was_out_of_reach_works_once_the_hub_is_back(stand_in, catalogue_engine, monkeypatch):
    with monkeypatch.context() as away:
        away.setattr(constants, "ENDPOINT", "http://127.0.0.1:1")
        with pytest.raises(ModelUnavailable):
            best(catalogue_engine, encoder=ENCODER)
    result = catalogue_engine.search("toy", "A man is eating bread.", 3, encoder=ENCODER, scorer=SCORER)
    assert [ranking.model for ranking in result.rankings.values()] == [ENCODER, SCORER]
    assert result.rankings["bi_encoder"].hits[0].score <= 1


def test_an_engine_with_a_local_copy_searches_without_the_hub(stand_in, catalogue_engine):
    load(ENCODER)
    stand_in.stop()
    result = catalogue_engine.search("toy", "horse", 9, methods=["bi_encoder"], encoder=ENCODER)
    assert result.rankings["bi_encoder"].model == ENCODER
