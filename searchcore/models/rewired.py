"""The bundled cross-encoder's graph, wired anew around the same int8 weights: faster, and as near to fp32.

Query, key and value are one quantised attention (QAttention), other products quantise each input once
(DynamicQuantizeMatMul), and the last layer is worked out for [CLS] alone, its attention in fp32: the query's product
with the key's bias is the same for every token and cancels in the softmax. An input is one pair, never padded, so there
is no mask. Operators: ONNX 17, and com.microsoft 1 of ONNX Runtime.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

LAYERS, HIDDEN, HEADS, EPSILON = 12, 384, 12, 1e-12
HEAD = HIDDEN // HEADS
OPSET, IR, MICROSOFT = 17, 9, "com.microsoft"
LOGITS = "logits"
QUANTISED, SCALE, ZERO_POINT = "_quantized", "_scale", "_zero_point"
PARTS = ("query", "key", "value")
# "/bert/encoder/layer.0/attention/self/query/MatMul_quant" multiplies by the weight of "bert.encoder.layer.0...query".
_MULTIPLIES = re.compile(r"/(?P<module>.+)/(?:MatMul|Gemm_MatMul|Gemm)_quant")

Array = NDArray[Any]


def rewired(path: Path) -> bytes:
    """The model of the file at `path` with the new wiring, as bytes of a file: token ids and types in, a logit out."""
    graph = _Graph(*_read(path))
    hidden = graph.embedded()
    for layer in range(LAYERS - 1):
        name = f"bert.encoder.layer.{layer}"
        hidden = graph.rest_of_layer(name, graph.attention(f"{name}.attention.self", hidden), hidden)
    name = f"bert.encoder.layer.{LAYERS - 1}"
    first = graph.op("Slice", hidden, graph.whole("from", [0]), graph.whole("to", [1]))
    attended = graph.attention_of_first(f"{name}.attention.self", first, hidden)
    first = graph.rest_of_layer(name, attended, first)
    logit = graph.product("classifier", graph.op("Tanh", graph.product("bert.pooler.dense", first)))
    return graph.file(logit)


def _read(path: Path) -> tuple[dict[str, Array], dict[str, str]]:
    """What the file holds by name, and by module the name of the matrix that it multiplies by."""
    source = onnx.load(str(path)).graph
    matrices = {}
    for node in source.node:
        if node.op_type == "MatMulInteger":
            module = _MULTIPLIES.fullmatch(node.name)
            assert module is not None, node.name
            matrices[module["module"].replace("/", ".")] = node.input[1].removesuffix(QUANTISED)
    return {each.name: numpy_helper.to_array(each) for each in source.initializer}, matrices


@dataclass(slots=True)
class _Graph:
    """Nodes and arrays so far; each method adds what it is named after and returns the name of what that gives."""

    source: dict[str, Array]
    matrices: dict[str, str]
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    arrays: dict[str, Array] = field(default_factory=dict)

    def op(self, kind: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        """One operation with one output."""
        return self._op(kind, inputs, 1, domain, attributes)[0]

    def _op(
        self, kind: str, inputs: tuple[str, ...], outputs: int, domain: str, attributes: dict[str, Any]
    ) -> list[str]:
        names = [f"{kind}_{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, domain=domain, **attributes))
        return names

    def store(self, name: str, array: Array) -> str:
        """An array that goes into the file."""
        self.arrays[name] = np.array(array, order="C")
        return name

    def whole(self, name: str, numbers: list[int] | int) -> str:
        """Whole numbers, as shapes and places are."""
        return self.store(name, np.array(numbers, dtype=np.int64))

    def taken(self, name: str) -> str:
        """An array as it stands in the source."""
        return self.store(name, self.source[name])

    def embedded(self) -> str:
        """The sum of three embeddings for each token (tokens, hidden), normalised."""
        flat = self.whole("flat", [-1])
        tokens, types = (self.op("Reshape", name, flat) for name in ("input_ids", "token_type_ids"))
        base = "bert.embeddings.word_embeddings.weight"
        # The largest table stays in int8.
        rows = self.op("Gather", self.taken(base + QUANTISED), tokens)
        words = self.op("DequantizeLinear", rows, self.taken(base + SCALE), self.taken(base + ZERO_POINT))
        size = self.op("Squeeze", self.op("Shape", tokens), self.whole("first", [0]))
        places = self.op("Range", self.whole("zero", 0), size, self.whole("one", 1))
        for table, which in (("token_type", types), ("position", places)):
            name = f"bert.embeddings.{table}_embeddings.weight"
            words = self.op("Add", words, self.op("Gather", self.store(name, self._exact(name)), which))
        return self.normalised("bert.embeddings.LayerNorm", words)

    def normalised(self, name: str, values: str) -> str:
        """Layer normalisation."""
        scale, bias = self.taken(f"{name}.weight"), self.taken(f"{name}.bias")
        return self.op("LayerNormalization", values, scale, bias, axis=-1, epsilon=EPSILON)

    def product(self, module: str, values: str) -> str:
        """Values times a module's matrix, plus its bias; the values are quantised as they come."""
        base = self._named(module)
        whole, scale = self.taken(base + QUANTISED), self.taken(base + SCALE)
        bias = self.taken(f"{module}.bias")
        return self.op("DynamicQuantizeMatMul", values, whole, scale, "", bias, domain=MICROSOFT)

    def attention(self, name: str, hidden: str) -> str:
        """Attention of all heads (tokens, hidden), its three products as one matrix of 3 x hidden columns."""
        bases = [self._named(f"{name}.{part}") for part in PARTS]
        whole = np.concatenate([self.source[base + QUANTISED] for base in bases], axis=1)
        scales = np.concatenate([np.full(HIDDEN, self.source[base + SCALE], np.float32) for base in bases])
        bias = np.concatenate([self.source[f"{name}.{part}.bias"] for part in PARTS])
        batch = self.op("Unsqueeze", hidden, self.whole("first", [0]))
        quantised, scale, zero = self._op("DynamicQuantizeLinear", (batch,), 3, "", {})
        attended = self.op(
            "QAttention",
            quantised,
            self.store(f"{name}.weight", whole),
            self.store(f"{name}.bias", bias),
            scale,
            self.store(f"{name}.scale", scales),
            "",
            zero,
            self.store(f"{name}.zero", np.zeros(3 * HIDDEN, dtype=np.int8)),
            domain=MICROSOFT,
            num_heads=HEADS,
        )
        return self.op("Squeeze", attended, self.whole("first", [0]))

    def attention_of_first(self, name: str, first: str, hidden: str) -> str:
        """Attention of the first token (1, hidden): its query and its weights go to the tokens, not the reverse."""
        query, key, value = (self._exact(self._named(f"{name}.{part}")) for part in PARTS)
        root = np.float32(np.sqrt(HEAD))
        bias = self.store(f"{name}.query.bias", self.source[f"{name}.query.bias"] / root)
        asked = self.op("Gemm", first, self.store(f"{name}.query", query / root), bias)
        heads = self.op("Reshape", asked, self.whole("heads", [HEADS, 1, HEAD]))
        keys = self.store(f"{name}.key", key.reshape(HIDDEN, HEADS, HEAD).transpose(1, 2, 0))
        meets = self.op("MatMul", self.op("MatMul", heads, keys), self.op("Transpose", hidden, perm=[1, 0]))
        mixed = self.op("MatMul", self.op("Softmax", meets, axis=-1), hidden)
        values = self.store(f"{name}.value", value.reshape(HIDDEN, HEADS, HEAD).transpose(1, 0, 2))
        row = self.op("Reshape", self.op("MatMul", mixed, values), self.whole("row", [1, HIDDEN]))
        return self.op("Add", row, self.taken(f"{name}.value.bias"))

    def rest_of_layer(self, name: str, attended: str, hidden: str) -> str:
        """What comes after attention, for as many tokens as there are."""
        mixed = self.op("Add", self.product(f"{name}.attention.output.dense", attended), hidden)
        mixed = self.normalised(f"{name}.attention.output.LayerNorm", mixed)
        wide = self.op("Gelu", self.product(f"{name}.intermediate.dense", mixed), domain=MICROSOFT)
        narrow = self.op("Add", self.product(f"{name}.output.dense", wide), mixed)
        return self.normalised(f"{name}.output.LayerNorm", narrow)

    def file(self, logit: str) -> bytes:
        """The whole as a file, which gives `logit`."""
        self.nodes.append(helper.make_node("Identity", [logit], [LOGITS]))
        ids = [helper.make_tensor_value_info(n, TensorProto.INT64, [1, "n"]) for n in ("input_ids", "token_type_ids")]
        logits = [helper.make_tensor_value_info(LOGITS, TensorProto.FLOAT, [1, 1])]
        arrays = [numpy_helper.from_array(array, name) for name, array in self.arrays.items()]
        made = helper.make_graph(self.nodes, "cross-encoder", ids, logits, arrays)
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)]
        whole: bytes = helper.make_model(made, opset_imports=opsets, ir_version=IR).SerializeToString()
        return whole

    def _named(self, module: str) -> str:
        base = self.matrices[module]
        assert self.source[base + ZERO_POINT] == 0, base  # what is multiplied by has no zero point of its own
        return base

    def _exact(self, base: str) -> NDArray[np.float32]:
        """An array that was rounded to whole numbers, on its own scale."""
        whole = self.source[base + QUANTISED].astype(np.int32) - self.source[base + ZERO_POINT].astype(np.int32)
        exact: NDArray[np.float32] = whole.astype(np.float32) * self.source[base + SCALE].astype(np.float32)
        return exact
