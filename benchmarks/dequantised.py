"""The bundled cross-encoder in fp32: its int8 weights times their scales, as a model that transformers can load.

For comparisons with plain sentence-transformers, without fetching anything. What is left of the difference to the
bundled scorer is its rounding of activations.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

from searchcore.models.catalogue import _RERANKER, BERT_WINDOW

LAYERS, HIDDEN, HEADS, INTERMEDIATE, VOCABULARY = 12, 384, 12, 1_536, 30_522
QUANTISED, SCALE, ZERO_POINT = "_quantized", "_scale", "_zero_point"
# "/bert/encoder/layer.0/attention/self/query/MatMul_quant" multiplies by the weight of "bert.encoder.layer.0...query".
_MULTIPLIES = re.compile(r"/(?P<module>.+)/(?:MatMul|Gemm_MatMul|Gemm)_quant")


def save_dequantised(folder: Path) -> Path:
    """Write the model and its tokenizer into `folder`, and return it. Raises ModelUnavailable."""
    source = _RERANKER.checked_folder()
    shape = BertConfig(
        vocab_size=VOCABULARY,
        hidden_size=HIDDEN,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        intermediate_size=INTERMEDIATE,
        max_position_embeddings=BERT_WINDOW,
        num_labels=1,
    )
    model = BertForSequenceClassification(shape)
    missing, unknown = model.load_state_dict(_weights(source / "model.onnx"), strict=False)
    # Position numbers are no weights; anything else that does not fit would be random.
    assert not unknown and all(name.endswith("position_ids") for name in missing), (missing, unknown)
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(source, local_files_only=True).save_pretrained(folder)
    return folder


def _weights(path: Path) -> dict[str, torch.Tensor]:
    """The weights by their names in torch. A matrix of the graph is (in, out), torch's is (out, in)."""
    graph = onnx.load(str(path)).graph
    stored = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    weights: dict[str, NDArray[np.float32]] = {
        name: array for name, array in stored.items() if array.dtype == np.float32 and not name.endswith(SCALE)
    }
    for name in stored:
        if name.endswith(QUANTISED) and name.startswith("bert.embeddings."):
            weights[name.removesuffix(QUANTISED)] = _dequantised(stored, name)
    for node in graph.node:
        if node.op_type == "MatMulInteger":
            module = _MULTIPLIES.fullmatch(node.name)
            assert module is not None, node.name
            weights[f"{module['module'].replace('/', '.')}.weight"] = _dequantised(stored, node.input[1]).T
    return {name: torch.tensor(array) for name, array in weights.items()}


def _dequantised(stored: dict[str, NDArray[Any]], name: str) -> NDArray[np.float32]:
    """The weights that were rounded to whole numbers, on their own scale."""
    base = name.removesuffix(QUANTISED)
    whole = stored[name].astype(np.int32) - stored[base + ZERO_POINT].astype(np.int32)
    scaled: NDArray[np.float32] = whole.astype(np.float32) * stored[base + SCALE].astype(np.float32)
    return scaled
