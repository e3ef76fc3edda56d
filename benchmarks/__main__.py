"""Run every benchmark, or one: python -m benchmarks [NAME [SIZE=NUMBER ...]]."""

from __future__ import annotations

import inspect
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module

# Each is a module with a function `main`, whose arguments are its sizes. They are imported when they run.
BENCHMARKS = (
    "read_folder",
    "rerank",
    "encoding",
    "at_size",
    "neighbours",
    "latency",
    "repeats",
    "second_search",
    "start",
    "wake_up",
    "class_of_thirty",
    "classroom",
    "install",
    "memory",
)


def chosen(words: Sequence[str]) -> list[tuple[str, dict[str, int]]]:
    """The benchmarks that a command names, each with its sizes. Raises ValueError with a plain sentence."""
    if not words:
        return [(name, {}) for name in BENCHMARKS]
    name, *settings = words
    if name not in BENCHMARKS:
        raise ValueError(f'There is no benchmark "{name}"; choose one of: {", ".join(BENCHMARKS)}.')
    known = list(inspect.signature(run_of(name)).parameters)
    sizes = {}
    for setting in settings:
        size, _, number = setting.partition("=")
        if size not in known:
            raise ValueError(f'"{setting}" is no size of {name}; it has: {", ".join(known) or "none"}.')
        if not number.isascii() or not number.isdigit():
            raise ValueError(f'{size} must be a whole number, as in {size}=5, got "{number}".')
        sizes[size] = int(number)
    return [(name, sizes)]


def run_of(name: str) -> Callable[..., None]:
    """The function that runs a benchmark."""
    run: Callable[..., None] = import_module(f"benchmarks.{name}").main
    return run


def main() -> None:
    """Say what runs, and how long it took."""
    try:
        runs = chosen(sys.argv[1:])
    except ValueError as error:
        sys.exit(str(error))
    for name, sizes in runs:
        print(f"\n=== {name}", flush=True)
        began = time.perf_counter()
        run_of(name)(**sizes)
        print(f"=== {name} took {time.perf_counter() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
