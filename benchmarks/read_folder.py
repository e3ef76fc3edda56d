"""Reading a made-up folder in BEIR layout against `json.loads` of the same lines, and the memory that it takes.

Sizes are those of BEIR's SciFact and NFCorpus, of the films of a book, and the largest that is read. The memory is
what Python has in use at the peak of reading.
"""

from __future__ import annotations

import json
import tempfile
import tracemalloc
from pathlib import Path

from benchmarks.measure import in_turn
from searchcore import read_corpus

ROUNDS = 3
SIZES = (5_000, 12_199, 200_000)
TEXT = "A sentence of a made-up document, as long as those of an abstract often are. " * 15
QUERIES = 500
JUDGED = 20


def main() -> None:
    """Print how long each folder takes to read, and how much memory."""
    for size in SIZES:
        with tempfile.TemporaryDirectory() as name:
            folder = write_folder(Path(name) / "made-up", size)
            megabytes = (folder / "corpus.jsonl").stat().st_size / 1e6
            compared = in_turn(lambda: read_corpus(folder), lambda: parsed(folder), ROUNDS)  # noqa: B023
            print(f"\nRead a folder of {size:,} documents, {megabytes:.0f} MB")
            compared.show("read_corpus", "json.loads of the same lines, all kept")
            print(f"  {peak_of_reading(folder) / 1e6:8.0f} MB  in use at the peak of reading", flush=True)


def write_folder(folder: Path, size: int) -> Path:
    """A corpus with `size` documents, 500 queries and 10,000 judgements."""
    (folder / "qrels").mkdir(parents=True)
    with (folder / "corpus.jsonl").open("w", encoding="utf-8") as file:
        for number in range(size):
            row = {"_id": str(number), "title": f"Title {number}", "text": f"{number} {TEXT}", "metadata": {}}
            file.write(json.dumps(row) + "\n")
    with (folder / "queries.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(json.dumps({"_id": f"q{i}", "text": f"query {i}"}) + "\n" for i in range(QUERIES))
    with (folder / "qrels" / "test.tsv").open("w", encoding="utf-8") as file:
        file.writelines(f"q{i}\t{(i * 31 + j) % size}\t1\n" for i in range(QUERIES) for j in range(JUDGED))
    return folder


def parsed(folder: Path) -> list[object]:
    """What a reader without any check would do."""
    with (folder / "corpus.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def peak_of_reading(folder: Path) -> int:
    """The most bytes that are in use while the folder is read."""
    tracemalloc.start()
    read_corpus(folder)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


if __name__ == "__main__":
    main()
