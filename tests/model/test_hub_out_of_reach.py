"""Without the Hugging Face Hub: the local copy, or a sentence at once, and the default models go on working."""

import socket
import threading

import numpy as np
import pytest
from huggingface_hub import constants

from searchcore import Engine, ModelUnavailable
from searchcore.index import EmbeddingCache
from searchcore.models import CATALOGUE, DEFAULT_ENCODER, DEFAULT_SCORER, ModelSpec, ModelStore, hub
from searchcore.models.catalogue import COLBERT

from .tiny_models import ENCODER, SCORER, load

TEXTS = ["a man is eating bread .", "the woman drums"]


def test_without_the_hub_the_local_copy_is_used(stand_in):
    first = load(ENCODER)
    stand_in.stop()
    again = load(ENCODER)
    assert again.fingerprint == first.fingerprint
    np.testing.assert_array_equal(again.encode_documents(TEXTS), first.encode_documents(TEXTS))


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
