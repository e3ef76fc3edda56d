"""Run every benchmark: python -m benchmarks."""

from __future__ import annotations

from benchmarks import rerank, second_search, start

for benchmark in (rerank, second_search, start):
    benchmark.main()
