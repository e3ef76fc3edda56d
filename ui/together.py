"""What comes at almost the same time is drawn at once: every update of a page costs the server's one event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import TypeVar

T = TypeVar("T")


async def together(
    items: AsyncGenerator[T, None], seconds: float, joined: Callable[[T, T], T | None]
) -> AsyncGenerator[T, None]:
    """What `items` yields; what comes within `seconds` of an item is `joined` with it, and said as one.

    An item waits so long at most, and not at all if it is the last, or if the next can't be joined with it (None).
    """
    loop = asyncio.get_running_loop()
    coming = _next(items)
    try:
        while True:
            item = await coming
            due = loop.time() + seconds
            coming = _next(items)
            while await _came(coming, due - loop.time()) and (both := joined(item, coming.result())) is not None:
                item, coming = both, _next(items)
            yield item
    except StopAsyncIteration:
        return
    finally:
        coming.cancel()
        await asyncio.wait([coming])
        await items.aclose()


def _next(items: AsyncGenerator[T, None]) -> asyncio.Task[T]:
    async def item() -> T:
        return await anext(items)

    return asyncio.ensure_future(item())


async def _came(coming: asyncio.Task[T], seconds: float) -> bool:
    """Whether there is an item within that time; an end or an error is none."""
    await asyncio.wait([coming], timeout=max(seconds, 0))
    return coming.done() and coming.exception() is None
