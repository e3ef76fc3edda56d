"""The bundled bi-encoder's graph for ONNX Runtime: fp32 as published, each layer's attention one fused operator.

The numbers stay in the published file, which ONNX Runtime maps into memory: the graph says where in it each of them
is. Joining and turning the matrices is done once, when a session is made. An input is one text, never padded, so there
is no mask. Operators: ONNX 17, and com.microsoft 1 of ONNX Runtime.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

LAYERS, HIDDEN, HEADS, EPSILON = 6, 384, 12, 1e-12
OPSET, IR, MICROSOFT = 17, 9, "com.microsoft"
LENGTH_BYTES = 8
PARTS = ("query", "key", "value")


def fused(weights: Path) -> bytes:
    """The graph of the weights in a safetensors file, as bytes of a file of its own, which names that one.

    Token ids (1, n) in, hidden states (1, n, 384) out.
    """
    graph = _Graph()
    hidden = graph.embedded()
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}"
        attended = graph.product(f"{name}.attention.output.dense", graph.attention(f"{name}.attention.self", hidden))
        mixed = graph.normalised(f"{name}.attention.output.LayerNorm", graph.op("Add", attended, hidden))
        wide = graph.op("Gelu", graph.product(f"{name}.intermediate.dense", mixed), domain=MICROSOFT)
        narrow = graph.op("Add", graph.product(f"{name}.output.dense", wide), mixed)
        hidden = graph.normalised(f"{name}.output.LayerNorm", narrow)
    return graph.file(hidden, weights)


@dataclass(slots=True)
class _Graph:
    """Nodes so far, and the weights that they name; each method returns the name of what it gives."""

    nodes: list[onnx.NodeProto] = field(default_factory=list)
    weights: set[str] = field(default_factory=set)
    numbers: dict[str, int] = field(default_factory=dict)

    def op(self, kind: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        """One operation with one output."""
        name = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], domain=domain, **attributes))
        return name

    def weight(self, name: str) -> str:
        """An array of the published file."""
        self.weights.add(name)
        return name

    def number(self, name: str, value: int) -> str:
        """A whole number that the graph brings along."""
        self.numbers[name] = value
        return name

    def embedded(self) -> str:
        """The sum of three embeddings for each token (1, tokens, hidden), normalised; all tokens are of one text."""
        zero, one = self.number("zero", 0), self.number("one", 1)
        words = self.op("Gather", self.weight("embeddings.word_embeddings.weight"), "input_ids")
        places = self.op("Range", zero, self.op("Gather", self.op("Shape", "input_ids"), one), one)
        place = self.op("Gather", self.weight("embeddings.position_embeddings.weight"), places)
        first = self.op("Gather", self.weight("embeddings.token_type_embeddings.weight"), zero)
        return self.normalised("embeddings.LayerNorm", self.op("Add", self.op("Add", words, first), place))

    def normalised(self, name: str, values: str) -> str:
        """Layer normalisation."""
        scale, bias = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self.op("LayerNormalization", values, scale, bias, axis=-1, epsilon=EPSILON)

    def turned(self, module: str) -> str:
        """A module's matrix as (in, out): it is published as (out, in)."""
        return self.op("Transpose", self.weight(f"{module}.weight"), perm=[1, 0])

    def product(self, module: str, values: str) -> str:
        """Values times a module's matrix, plus its bias."""
        return self.op("Add", self.op("MatMul", values, self.turned(module)), self.weight(f"{module}.bias"))

    def attention(self, name: str, hidden: str) -> str:
        """Attention of all heads, its three products as one matrix of 3 x hidden columns."""
        matrix = self.op("Concat", *(self.turned(f"{name}.{part}") for part in PARTS), axis=1)
        bias = self.op("Concat", *(self.weight(f"{name}.{part}.bias") for part in PARTS), axis=0)
        return self.op("Attention", hidden, matrix, bias, domain=MICROSOFT, num_heads=HEADS)

    def file(self, hidden: str, weights: Path) -> bytes:
        """The whole as a file, which gives `hidden`."""
        self.nodes.append(helper.make_node("Identity", [hidden], ["hidden"]))
        ids = [helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "n"])]
        states = [helper.make_tensor_value_info("hidden", TensorProto.FLOAT, [1, "n", HIDDEN])]
        arrays = [numpy_helper.from_array(np.array(value, dtype=np.int64), n) for n, value in self.numbers.items()]
        arrays += _placed(weights, sorted(self.weights))
        made = helper.make_graph(self.nodes, "bi-encoder", ids, states, arrays)
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)]
        whole: bytes = helper.make_model(made, opset_imports=opsets, ir_version=IR).SerializeToString()
        return whole


def _placed(path: Path, names: list[str]) -> list[onnx.TensorProto]:
    """Arrays that say where in a safetensors file they are: 8 bytes of length, a JSON header, then all numbers."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(LENGTH_BYTES), "little")
        header = json.loads(file.read(length))
    arrays = []
    for name in names:
        assert header[name]["dtype"] == "F32", name
        start, end = header[name]["data_offsets"]
        array = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=header[name]["shape"])
        array.data_location = TensorProto.EXTERNAL
        at = {"location": path.name, "offset": LENGTH_BYTES + length + start, "length": end - start}
        for key, value in at.items():
            array.external_data.add(key=key, value=str(value))
        arrays.append(array)
    return arrays
