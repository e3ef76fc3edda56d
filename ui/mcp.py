"""Clients that speak MCP: whether they are served, found out with the standard library alone, and how."""

from __future__ import annotations

import json
import os
from importlib.util import find_spec
from typing import Any

VARIABLE = "SEARCHCORE_MCP"


def mcp_from_environment() -> bool:
    """Whether SEARCHCORE_MCP is 1. Raises SystemExit with a sentence for what can't be."""
    value = os.environ.get(VARIABLE, "") or "0"
    if value not in ("0", "1"):
        raise SystemExit(f"{VARIABLE} must be 1 or 0, got {value[:60]!r}.")
    if value == "1" and find_spec("mcp") is None:
        raise SystemExit(
            f"{VARIABLE}=1 needs one more package: pip install -r requirements.txt -r requirements-mcp.txt."
        )
    return value == "1"


def answer_in_json(served: Any) -> None:
    """Let Gradio's MCP server write answers as JSON; by itself it writes them as Python does."""
    from mcp import types

    def written(data: list[Any], root_url: str) -> list[types.TextContent]:
        return [types.TextContent(type="text", text=json.dumps(each, ensure_ascii=False)) for each in data]

    served.postprocess_output_data = written
