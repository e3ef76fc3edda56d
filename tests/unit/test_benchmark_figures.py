"""What the benchmarks count and compare is right, where that needs no clock."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.accuracy import Accuracy
from benchmarks.install import Part, closure, line_of, named, parts_of
from benchmarks.kernels import multiply_adds
from benchmarks.memory import Held, last_data


def test_the_multiply_adds_of_a_pair_are_those_of_its_matrix_products() -> None:
    for tokens in (1, 85, 512):
        layer = [(tokens, 384, 1_152), (tokens, 384, 384), (tokens, 384, 1_536), (tokens, 1_536, 384)]
        layer += 12 * [(tokens, 32, tokens), (tokens, tokens, 32)]
        last = [(1, 384, 384), *12 * [(1, 32, 384), (1, 384, tokens), (1, tokens, 384), (1, 384, 32)]]
        last += [(1, 384, 384), (1, 384, 1_536), (1, 1_536, 384), (1, 384, 384), (1, 384, 1)]
        assert multiply_adds(tokens) == 11 * sum(a * b * c for a, b, c in layer) + sum(a * b * c for a, b, c in last)


def test_the_same_scores_are_nowhere_apart() -> None:
    scores = np.array([[1.0, 2.0, 3.0], [3.0, 1.0, 2.0]])
    assert Accuracy.of(scores, scores) == Accuracy(0.0, 0.0, 1.0, pytest.approx(1.0))


def test_distances_first_documents_and_order_are_compared_query_by_query() -> None:
    exact = np.array([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]])
    scores = np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]])
    assert Accuracy.of(scores, exact) == Accuracy(pytest.approx(4 / 6), 2.0, 0.5, pytest.approx(0.0))


def test_packages_are_named_by_requirements_without_options_files_and_versions() -> None:
    assert named(
        "--extra-index-url https://x\n-r other.txt\n# why\n\nPy_YAML==6.0\ntorch>=2 ; python_version>'3'\n"
    ) == {
        "py-yaml",
        "torch",
    }


def part(name: str, *demands: str, size: int = 1_500_000) -> Part:
    return Part(name, size, frozenset({name}), frozenset(demands))


def test_what_is_needed_is_all_that_is_demanded_directly_or_not_once_and_nothing_else() -> None:
    parts = {p.name: p for p in (part("a", "b", "missing"), part("b", "c"), part("c", "a"), part("other", "a"))}
    assert closure(parts, {"a", "not-installed"}) == ["a", "b", "c"]


def test_a_package_is_told_with_its_size_and_who_demands_it() -> None:
    parts = [part("a", "b"), part("b"), part("z", "b")]
    assert line_of(parts[1], parts, {"b"}) == "       1.5 MB  b, demanded by requirements.txt, a, z"


def test_installed_packages_are_measured_by_their_files_and_extras_are_no_demands(tmp_path: Path) -> None:
    for name, module, demands in (("One-A", "one", ["two", "never; extra == 'more'"]), ("two", "two", [])):
        (tmp_path / module).mkdir()
        (tmp_path / module / "__init__.py").write_text("x" * 100)
        info = tmp_path / f"{name.replace('-', '_')}-1.dist-info"
        info.mkdir()
        wanted = "".join(f"Requires-Dist: {demand}\n" for demand in demands)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n{wanted}")
        (info / "RECORD").write_text(f"{module}/__init__.py,,\n{module}/gone.py,,\n")
    assert parts_of(tmp_path) == {
        "one-a": Part("one-a", 100, frozenset({"one"}), frozenset({"two"})),
        "two": Part("two", 100, frozenset({"two"}), frozenset()),
    }


def test_what_a_process_holds_is_read_from_what_the_system_tells() -> None:
    status = "Name:\tpython\nGroups:\t\nVmHWM:\t  2048 kB\nVmRSS:\t  1024 kB\nThreads:\t7\n"
    held = Held.of(status, 9)
    assert held == Held(1.0, 2.0, 7, 9)
    assert str(held) == "     1 MB, 2 at most; 7 threads, 9 files"


def test_an_answer_is_the_data_of_its_last_event_and_an_error_is_raised() -> None:
    assert last_data('event: generating\ndata: [1]\n\nevent: complete\ndata: [{"a": 2}]\n\n') == [{"a": 2}]
    with pytest.raises(RuntimeError, match="error"):
        last_data("event: error\ndata: null\n\n")
