"""The bundled bi-encoder in fp32 on ONNX Runtime: the vectors of SentenceTransformer.encode, made without torch."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from searchcore import Engine
from searchcore.models import onnx
from searchcore.models.catalogue import _MINILM, MINILM_WINDOW
from searchcore.models.onnx import FusedEncoder

ROOT = Path(__file__).resolve().parents[2]
SAME = 1e-5
ODD = (
    "",
    " \n\t ",
    "a",
    "[SEP]",
    "one [SEP] two [MASK] [CLS] three [PAD]",
    "  Spaces around, and\n\nlines within.  ",
    "Żółć, naïve, ÇA VA, 東京の夜, Ελλάδα, 🦊🦊",
    "\x00 control \x1b[31m characters \u200b",
    "word " * 253,
    "word " * 254,
    "word " * 255,
    "whale-watching, " * 400,
)


@pytest.fixture(scope="module")
def texts(engine: Engine) -> list[str]:
    films = [film.passage for film in engine.corpora["movies"].documents[::8]]
    toys = [document.passage for document in engine.corpora["toy"].documents]
    return [*films, *toys, *ODD]


def test_vectors_are_those_of_sentence_transformers_to_five_decimals(encoder: FusedEncoder, texts: list[str]) -> None:
    peer = SentenceTransformer(str(_MINILM.checked_folder()), device="cpu", local_files_only=True)
    peer.tokenizer.split_special_tokens = True  # typed "[SEP]" is text here
    expected = peer.encode(texts, normalize_embeddings=True, show_progress_bar=False)
    for made in (encoder.encode_documents(texts), encoder.encode_queries(texts)):
        assert np.abs(made - expected).max() < SAME


def test_a_vector_is_the_same_alone_and_in_any_company(encoder: FusedEncoder, texts: list[str]) -> None:
    together = encoder.encode_documents(texts)
    np.testing.assert_array_equal(encoder.encode_documents(texts[::-1])[::-1], together)
    for row in (0, 20, len(texts) - len(ODD), len(texts) - 1):
        np.testing.assert_array_equal(encoder.encode_queries([texts[row]]), together[[row]])


def test_the_window_is_the_published_one(encoder: FusedEncoder) -> None:
    published = json.loads((_MINILM.checked_folder() / "sentence_bert_config.json").read_text("utf-8"))
    assert encoder.window == MINILM_WINDOW == published["max_seq_length"]


def test_weights_behind_a_link_are_read(encoder: FusedEncoder, tmp_path: Path) -> None:
    published = _MINILM.checked_folder()
    shutil.copy(published / "model.safetensors", tmp_path / "a-blob")
    linked = tmp_path / "linked"
    linked.mkdir()
    (linked / "model.safetensors").symlink_to(tmp_path / "a-blob")
    (linked / "tokenizer.json").symlink_to(published / "tokenizer.json")
    vectors = FusedEncoder(encoder.name, linked, "weights", MINILM_WINDOW).encode_queries(["chess"])
    np.testing.assert_array_equal(vectors, encoder.encode_queries(["chess"]))


def test_another_recipe_is_another_fingerprint(
    encoder: FusedEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "fused.py"
    other.write_text(onnx.FUSED.read_text("utf-8") + "\n", "utf-8")
    folder = _MINILM.checked_folder()

    def fingerprint() -> str:
        return FusedEncoder(encoder.name, folder, "weights", MINILM_WINDOW).fingerprint

    before = fingerprint()
    assert before == fingerprint()
    monkeypatch.setattr(onnx, "FUSED", other)
    assert fingerprint() != before


def test_the_bundled_models_answer_without_torch() -> None:
    code = (
        "import sys; from searchcore import Engine; engine = Engine(); "
        "engine.search('toy', 'chess', candidates=2, methods=('bi_encoder', 'cross_encoder')); engine.close(); "
        "print(*({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    child = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert child.stdout.split() == []
