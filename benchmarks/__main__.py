"""Run every benchmark: python -m benchmarks."""

from __future__ import annotations

from benchmarks import at_size, encoding, install, memory, read_folder, rerank, second_search, start

for benchmark in (read_folder, rerank, second_search, start, at_size, encoding, install, memory):
    benchmark.main()
