"""What comes at almost the same time is said as one; nothing is lost, and nothing is left running."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing
from typing import Any

import pytest

from ui.together import together

SOON = 0.001
NEVER = 3_600.0


def run(main: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(main, 20))


class Script:
    """Items, events that are waited for and errors that are raised, in a row; `closed` once it was left."""

    def __init__(self, *steps: Any) -> None:
        self.begun, self.closed = asyncio.Event(), asyncio.Event()
        self.items = self._items(steps)

    async def _items(self, steps: tuple[Any, ...]) -> AsyncGenerator[str, None]:
        self.begun.set()
        try:
            for step in steps:
                if isinstance(step, asyncio.Event):
                    await step.wait()
                elif isinstance(step, Exception):
                    raise step
                else:
                    yield step
        finally:
            self.closed.set()

    def together(self, seconds: float) -> AsyncGenerator[str, None]:
        return together(self.items, seconds, lambda old, new: old + new)


async def said(items: AsyncGenerator[str, None]) -> list[str]:
    async with aclosing(items) as each:
        return [item async for item in each]


def test_what_comes_at_once_is_said_as_one_and_the_end_is_not_waited_for() -> None:
    async def main() -> None:
        assert await said(Script("a", "b", "c").together(NEVER)) == ["abc"]
        assert await said(Script().together(NEVER)) == []

    run(main())


def test_what_is_followed_by_nothing_is_said_after_the_time() -> None:
    async def main() -> None:
        later = asyncio.Event()
        async with aclosing(Script("a", later, "b").together(SOON)) as items:
            assert await anext(items) == "a"
            later.set()
            assert await anext(items) == "b"
            with pytest.raises(StopAsyncIteration):
                await anext(items)

    run(main())


def test_what_can_not_be_joined_is_said_by_itself() -> None:
    async def main() -> None:
        items = together(Script("a", "b", "x", "y").items, NEVER, lambda old, new: None if "x" in (old, new) else new)
        assert await said(items) == ["b", "x", "y"]

    run(main())


def test_an_error_comes_after_what_was_there_before_it() -> None:
    async def main() -> None:
        items = Script("a", "b", ZeroDivisionError("no luck")).together(NEVER)
        assert await anext(items) == "ab"
        with pytest.raises(ZeroDivisionError, match="no luck"):
            await anext(items)

    run(main())


def test_who_leaves_closes_what_still_waits() -> None:
    async def main() -> None:
        script = Script("a", asyncio.Event(), "b")
        items = script.together(SOON)
        assert await anext(items) == "a"
        await items.aclose()
        assert script.closed.is_set()

    run(main())


def test_who_is_cancelled_while_an_item_waits_closes_it_too() -> None:
    async def main() -> None:
        script = Script("a", asyncio.Event())
        task = asyncio.create_task(said(script.together(NEVER)))
        await script.begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert script.closed.is_set()

    run(main())
