"""Models of a few kilobytes with random but seeded weights, laid out like those of the catalogue they stand for."""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from sentence_transformers import CrossEncoder, SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from transformers import BertConfig, BertForSequenceClassification, BertModel, BertTokenizerFast

from searchcore.models import CATALOGUE, Encoder, PairScorer
from searchcore.models.catalogue import COLBERT
from searchcore.models.protocols import Report, TokenEncoder

ENCODER, BERT = "sentence-transformers/all-MiniLM-L12-v2", "google-bert/bert-base-uncased"
SCORER = "cross-encoder/ms-marco-MiniLM-L6-v2"
COMMITS = {ENCODER: "1" * 40, SCORER: "2" * 40, BERT: "3" * 40, COLBERT: "4" * 40}

WORDS = "a an the man woman is eating bread pasta berlin museum horse drums in of . ? how many people live ##s"
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[unused0]", "[unused1]", *WORDS.split()]
WINDOW = 64
# Of the late-interaction model.
DIMENSIONS, QUERY_TOKENS, DOCUMENT_TOKENS = 16, 12, 20


def _config(window: int = WINDOW, **more: object) -> BertConfig:
    return BertConfig(
        vocab_size=len(VOCABULARY),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=window,
        initializer_range=0.5,
        **more,
    )


def _tokenizer(window: int = WINDOW) -> BertTokenizerFast:
    return BertTokenizerFast(vocab={token: i for i, token in enumerate(VOCABULARY)}, model_max_length=window)


def save_bert(folder: Path, work: Path, window: int = WINDOW) -> None:
    """Save a plain BERT into `folder`, with nothing that speaks of pooling."""
    torch.manual_seed(1)
    BertModel(_config(window)).save_pretrained(folder)
    _tokenizer(window).save_pretrained(folder)


def save_encoder(folder: Path, work: Path) -> None:
    """Save a bi-encoder with mean pooling into `folder`; `work` is for files on the way."""
    save_bert(work / "bert", work)
    transformer = Transformer(str(work / "bert"))
    modules = [transformer, Pooling(transformer.get_embedding_dimension(), "mean"), Normalize()]
    SentenceTransformer(modules=modules, device="cpu").save_pretrained(str(folder))


def save_scorer(folder: Path, work: Path) -> None:
    """Save a cross-encoder with one label into `folder`; `work` is for files on the way."""
    torch.manual_seed(2)
    BertForSequenceClassification(_config(num_labels=1)).save_pretrained(work / "bert")
    _tokenizer().save_pretrained(work / "bert")
    CrossEncoder(str(work / "bert"), device="cpu", local_files_only=True).save_pretrained(str(folder))


def save_colbert(folder: Path, work: Path) -> None:
    """Save a late-interaction model as ColBERT's own code does: a BERT with a projection, lengths in a file beside."""
    torch.manual_seed(3)
    bert = BertModel(_config()).state_dict()
    weights = {f"bert.{name}": tensor for name, tensor in bert.items()} | {"linear.weight": torch.randn(DIMENSIONS, 32)}
    folder.mkdir(exist_ok=True)
    save_file(
        {name: tensor.contiguous() for name, tensor in weights.items()}, folder / "model.safetensors", {"format": "pt"}
    )
    _config(architectures=["HF_ColBERT"]).save_pretrained(folder)
    (folder / "artifact.metadata").write_text(json.dumps({"doc_maxlen": DOCUMENT_TOKENS, "query_maxlen": QUERY_TOKENS}))
    _tokenizer().save_pretrained(folder)


SAVE = {ENCODER: save_encoder, SCORER: save_scorer, BERT: save_bert, COLBERT: save_colbert}


def load(name: str, report: Report = lambda done, total: None) -> Encoder | PairScorer | TokenEncoder:
    """A model by the loader of the real catalogue, which then meets the stand-in for the Hub."""
    return CATALOGUE[name].load(report)
