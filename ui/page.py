"""The page's framework, told to leave alone what an update does not change."""

from __future__ import annotations

from contextlib import nullcontext
from copy import copy
from typing import Any

import gradio as gr
from gradio import utils
from gradio.blocks import Block

# Around each step of each call Gradio looks for matplotlib, which draws nothing here, in every folder of the path.
utils.MatplotlibBackendMananger = nullcontext


class Page(gr.Blocks):  # type: ignore[misc]
    """As gr.Blocks, for functions that say by part what is new.

    Gradio makes each of a function's outputs anew at each update, those too that are left as they are: for our hundred
    parts that takes longer than all else that is done for an answer.
    """

    async def postprocess_data(self, block_fn: Any, predictions: Any, state: Any) -> list[Any]:
        """What the browser is told of each output: an empty update where nothing is new."""
        if not (isinstance(predictions, dict) and predictions and all(isinstance(part, Block) for part in predictions)):
            told: list[Any] = await super().postprocess_data(block_fn, predictions, state)
            return told
        new = {part: value for part, value in predictions.items() if value != gr.skip()}
        # Gradio would hand each of these texts to a thread, which gives it back as it is.
        texts = [part for part in block_fn.outputs if type(part) is gr.HTML and isinstance(new.get(part), str)]
        by_part = {part: new[part] for part in texts}
        rest = {part: value for part, value in new.items() if part not in by_part}
        reduced = copy(block_fn)
        reduced.outputs = [part for part in block_fn.outputs if part in rest]
        made = await super().postprocess_data(reduced, rest, state) if rest else []
        by_part.update(zip(reduced.outputs, made, strict=True))
        return [by_part.get(part, gr.skip()) for part in block_fn.outputs]

    def handle_streaming_diffs(
        self, block_fn: Any, data: list[Any], session_hash: Any, run: Any, final: bool, simple_format: bool = False
    ) -> list[Any]:
        """What has changed since the last update, as edits; an update that is an object is sent whole.

        The browser makes edits inside an object in place: an update that follows at once would change one that is not
        shown yet.
        """
        whole, known = list(data), run in self.pending_diff_streams[session_hash] if session_hash and run else False
        told: list[Any] = super().handle_streaming_diffs(block_fn, data, session_hash, run, final, simple_format)
        if not known or final or simple_format:
            return told
        return [
            [["replace", [], value]] if edits and isinstance(value, dict) else edits
            for edits, value in zip(told, whole, strict=True)
        ]
