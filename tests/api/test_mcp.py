"""A client that speaks MCP finds the documented endpoints as tools, and searches."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client

from tests.gated import serve_gated
from tests.server import Server
from ui.shapes import ANSWERS


async def visit(url: str) -> tuple[dict[str, Any], Any, Any]:
    """The tools by name, the answer to a search, and the answer to one that can't be."""
    async with (
        streamablehttp_client(f"{url}/gradio_api/mcp/") as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        tools = {tool.name: tool for tool in (await session.list_tools()).tools}
        found = await session.call_tool("search", {"corpus": "films", "query": "whale", "candidates": 3})
        refused = await session.call_tool("search", {"corpus": "nowhere", "query": "whale"})
        return tools, found, refused


def test_a_client_lists_the_endpoints_searches_and_hears_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")  # for the client of this test
    monkeypatch.delenv("no_proxy", raising=False)
    gated = serve_gated(mcp=True)
    gated.open_gates()
    try:
        tools, found, refused = asyncio.run(visit(gated.url))
    finally:
        gated.close()
        monkeypatch.delenv("no_proxy")
    assert set(tools) == set(ANSWERS)
    assert all("." in tool.description for tool in tools.values())
    assert tools["search"].description.startswith("Rank a corpus for a query.")
    assert tools["search"].inputSchema["properties"]["candidates"]["type"] == "integer"
    assert tools["search"].inputSchema["required"] == ["corpus", "query"]
    assert not found.isError
    result = json.loads(found.content[0].text)
    assert [hit["doc_id"] for hit in result["rankings"]["bi_encoder"]["hits"][:2]] == ["d0", "d2"]
    assert refused.isError
    assert 'corpus "nowhere" is not known; choose one of: letters, films.' in refused.content[0].text


def test_without_the_setting_there_are_no_tools() -> None:
    gated = serve_gated()
    try:
        server = Server(gated.url, Path())
        assert server.post("/gradio_api/mcp/", b"{}")[0] in (404, 405)
    finally:
        gated.close()
