"""Run every benchmark, or one: python -m benchmarks [NAME [SIZE=NUMBER ...]]."""

from __future__ import annotations

import inspect
import sys
import time
from collections.abc import Callable, Sequence

from benchmarks import (
    class_of_thirty,
    latency,
    read_folder,
    repeats,
    rerank,
    second_search,
    start,
    wake_up,
)

BENCHMARKS: dict[str, Callable[..., None]] = {
    module.__name__.rpartition(".")[2]: module.main
    for module in (read_folder, rerank, latency, repeats, second_search, start, wake_up, class_of_thirty)
}


def chosen(words: Sequence[str]) -> list[tuple[str, dict[str, int]]]:
    """The benchmarks that a command names, each with its sizes. Raises ValueError with a plain sentence."""
    if not words:
        return [(name, {}) for name in BENCHMARKS]
    name, *settings = words
    if name not in BENCHMARKS:
        raise ValueError(f'There is no benchmark "{name}"; choose one of: {", ".join(BENCHMARKS)}.')
    known = list(inspect.signature(BENCHMARKS[name]).parameters)
    sizes = {}
    for setting in settings:
        size, _, number = setting.partition("=")
        if size not in known:
            raise ValueError(f'"{setting}" is no size of {name}; it has: {", ".join(known) or "none"}.')
        if not number.isascii() or not number.isdigit():
            raise ValueError(f'{size} must be a whole number, as in {size}=5, got "{number}".')
        sizes[size] = int(number)
    return [(name, sizes)]


def main() -> None:
    """Say what runs, and how long it took."""
    try:
        runs = chosen(sys.argv[1:])
    except ValueError as error:
        sys.exit(str(error))
    for name, sizes in runs:
        print(f"\n=== {name}", flush=True)
        began = time.perf_counter()
        BENCHMARKS[name](**sizes)
        print(f"=== {name} took {time.perf_counter() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
