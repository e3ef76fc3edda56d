"""Dataset cards: the front matter of README.md, whatever is in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from searchcore import Corpus
from searchcore.corpora import MAX_CARD_BYTES, read_corpus
from tests.fakes import write_beir


def with_card(folder: Path, card: str | bytes) -> Corpus:
    return read_corpus(write_beir(folder, card=card))


@pytest.mark.parametrize(
    ("card", "title"),
    [
        ("---\npretty_name: Films\n---\n", "Films"),
        ("---\npretty_name: '  '\n---\n", "name"),
        ("---\npretty_name: 1984\n---\n", "1984"),
        ("---\npretty_name: Yes\n---\n", "Yes"),
        ("---\npretty_name: 2024-13-45\n---\n", "2024-13-45"),
        ("---\npretty_name: [a, b]\n---\n", "name"),
        ("---\n- pretty_name\n---\n", "name"),
        ("---\n---\n", "name"),
        ("---\npretty_name: never closed\n", "name"),
        ("# A card without front matter\n", "name"),
        (b"\xff\xfe no text at all", "name"),
        ("---\npretty_name: Films\n---\n" + "x" * (2 * MAX_CARD_BYTES), "Films"),
        ("---\npretty_name: 映画 <b>&amp;\n---\n", "映画 <b>&amp;"),
    ],
)
def test_a_card_gives_a_title_or_the_folder_does(tmp_path: Path, card: str | bytes, title: str) -> None:
    assert with_card(tmp_path / "name", card).title == title


@pytest.mark.parametrize(
    "front_matter",
    [
        "pretty_name: [",
        "pretty_name: " + "[" * 2_000,
        "a: &a [*a]\n? *a\n: b",
        "? [a]\n: b",
        "a: *nowhere",
        "a: b\n a: b",
        "pretty_name: \x00",
    ],
)
def test_a_card_that_is_not_yaml_costs_the_card_alone(tmp_path: Path, front_matter: str) -> None:
    corpus = with_card(tmp_path / "name", f"---\n{front_matter}\n---\n")
    assert (corpus.title, corpus.description, len(corpus)) == ("name", "", 2)
    assert corpus.notes == ("name/README.md: the front matter is not valid YAML, so it was passed over.",)


def test_a_card_with_half_of_a_surrogate_pair_costs_the_card_alone(tmp_path: Path) -> None:
    corpus = with_card(tmp_path / "name", '---\npretty_name: "\\uD800"\n---\n')
    assert corpus.title == "name"
    assert corpus.notes == ("name/README.md: half of a surrogate pair, so the front matter was passed over.",)


@pytest.mark.parametrize("repeated", ["[{}]", "{{<<: [{}]}}"], ids=["aliases", "merge keys"])
def test_a_card_can_not_ask_for_more_memory_than_there_is(tmp_path: Path, repeated: str) -> None:
    """Each line stands for nine copies of the line before: 9 to the power of 30 in all."""
    bomb = ["a0: &a0 {k: v}"]
    bomb += [f"a{i}: &a{i} {repeated.format(', '.join([f'*a{i - 1}'] * 9))}" for i in range(1, 31)]
    front_matter = "\n".join(["pretty_name: Films", *bomb])
    assert with_card(tmp_path / "name", f"---\n{front_matter}\n---\n").title == "Films"


@pytest.mark.parametrize("tag", ["!!timestamp", "!!int", "!!binary", "!!python/object/apply:os.getcwd", "!own"])
def test_tags_make_nothing_but_text(tmp_path: Path, tag: str) -> None:
    assert with_card(tmp_path / "name", f"---\npretty_name: {tag} Films\n---\n").title == "Films"
