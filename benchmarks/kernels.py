"""How near reranking comes to what the processor can multiply: its multiply-adds a second as a share of a peak.

The peak is one plain product of two large int8 matrices in the same runtime, two at a time with a thread each, as pairs
are scored, measured in turn with the reranking.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from statistics import median

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from benchmarks.measure import Work, in_turn, seconds

LAYERS, HIDDEN, INTERMEDIATE, HEADS = 12, 384, 1_536, 12
SIDE, THREADS = 1_536, 2
BILLION = 1e9


def multiply_adds(tokens: int) -> int:
    """Of one pair of so many tokens: whole layers but for the last, which is worked out for the first token alone."""
    per_token = HIDDEN * (3 * HIDDEN + HIDDEN + 2 * INTERMEDIATE)
    attention = 2 * tokens * tokens * HIDDEN
    # Query, the query's way through the keys, values, output; each head meets all tokens and mixes them.
    first = 4 * HIDDEN * HIDDEN + 2 * HEADS * tokens * HIDDEN + 2 * HIDDEN * INTERMEDIATE
    head = HIDDEN * HIDDEN + HIDDEN
    return (LAYERS - 1) * (tokens * per_token + attention) + first + head


def show_share(work: Work, tokens: Sequence[int], rounds: int) -> None:
    """Print the multiply-adds a second of `work`, which reads pairs of so many tokens, and their share of the peak."""
    with ThreadPoolExecutor(THREADS) as threads:
        products = [_product() for _ in range(THREADS)]
        needed = sum(multiply_adds(each) for each in tokens)
        at_peak = THREADS * SIDE**3

        def peak() -> None:
            list(threads.map(lambda product: product(), products))

        seconds(peak)
        compared = in_turn(work, peak, rounds)
    shares = [ratio * needed / at_peak for ratio in compared.ratios]
    print(f"  {needed / BILLION / median(compared.ours):8.0f} billion multiply-adds a second by the reranking")
    print(
        f"  {at_peak / BILLION / median(compared.peer):8.0f} billion by MatMulInteger of ONNX Runtime "
        f"{onnxruntime.__version__} on {SIDE} x {SIDE} numbers (uint8 by int8), {THREADS} at a time"
    )
    print(
        f"  {100 * median(shares):8.0f} %  of that peak ({100 * min(shares):.0f} to {100 * max(shares):.0f})",
        flush=True,
    )


def _product() -> Work:
    """Multiplies a matrix of uint8 by one of int8, once each time it is called, in one thread."""
    chance = np.random.default_rng(SIDE)
    left = chance.integers(0, 256, (SIDE, SIDE), dtype=np.uint8)
    right = numpy_helper.from_array(chance.integers(-128, 128, (SIDE, SIDE), dtype=np.int8), "right")
    given = helper.make_tensor_value_info("left", TensorProto.UINT8, [SIDE, SIDE])
    product = helper.make_tensor_value_info("product", TensorProto.INT32, [SIDE, SIDE])
    nodes = [helper.make_node("MatMulInteger", ["left", "right"], ["product"])]
    graph = helper.make_graph(nodes, "peak", [given], [product], [right])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, {"left": left})
