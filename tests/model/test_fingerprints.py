"""A model's fingerprint changes with all that decides its results; the window is one of them."""

from __future__ import annotations

import json
from pathlib import Path

from searchcore.models.catalogue import _BGE, _RERANKER
from searchcore.models.onnx import OnnxEncoder, OnnxPairScorer
from searchcore.models.sentence import SentenceEncoder, SentencePairScorer

from .tiny_models import SAVE

ENCODER, SCORER = "sentence-transformers/all-MiniLM-L12-v2", "cross-encoder/ms-marco-MiniLM-L6-v2"


def test_the_bundled_models_name_their_window(encoder, scorer, bge) -> None:
    for model in (encoder, scorer, bge):
        assert f"|window={model.window}" in model.fingerprint


def test_another_window_is_another_fingerprint_on_onnx() -> None:
    folder = _RERANKER.checked_folder()
    scorers = [OnnxPairScorer("scorer", folder, "weights", window) for window in (128, 512)]
    assert scorers[0].fingerprint != scorers[1].fingerprint
    folder = _BGE.checked_folder()
    encoders = [OnnxEncoder("encoder", folder, "weights", window, "") for window in (128, 512)]
    assert encoders[0].fingerprint != encoders[1].fingerprint


def test_another_window_is_another_fingerprint_on_torch(tmp_path: Path) -> None:
    for name, kind in ((ENCODER, SentenceEncoder), (SCORER, SentencePairScorer)):
        folder, work = tmp_path / kind.__name__, tmp_path / f"{kind.__name__}-work"
        folder.mkdir()
        work.mkdir()
        SAVE[name](folder, work)
        whole = kind(name, folder, "weights")
        shorten(folder, whole.window // 2)
        shorter = kind(name, folder, "weights")
        assert shorter.window == whole.window // 2
        assert shorter.fingerprint != whole.fingerprint


def shorten(folder: Path, window: int) -> None:
    """Set the window in whichever of the model's settings hold one."""
    for file, field in (("sentence_bert_config.json", "max_seq_length"), ("tokenizer_config.json", "model_max_length")):
        path = folder / file
        if path.exists():
            settings = json.loads(path.read_text("utf-8"))
            path.write_text(json.dumps({**settings, field: window}), "utf-8")
