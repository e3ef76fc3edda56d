"""Run every benchmark: python -m benchmarks."""

from __future__ import annotations

from benchmarks import read_folder, rerank, second_search, start

for benchmark in (read_folder, rerank, second_search, start):
    benchmark.main()
