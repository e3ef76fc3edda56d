"""A lesson is read from a file that a lecturer can write; what is wrong with one is said with the line."""

from __future__ import annotations

from pathlib import Path

import pytest

from ui.lesson.read import MOST_BYTES, LessonError, lesson_from
from ui.lesson.setting import BUILT_IN, NONE, VARIABLE, lesson_from_environment
from ui.lesson.steps import Lesson
from ui.state import Known, PageState

KNOWN = Known(("films", "movies", "own"))
GOOD = """# A short lesson

## First step
View: corpus=films&q=whale&k=5

A text of **two** lines
that is one paragraph.

And a second one.

Question: Who is first?
- The whale -> rank bi_encoder d0 = 1
- The island,
  which is far away

Notice:
- It is at {rank bi_encoder d0}. -> rank bi_encoder d0 < 3 and ndcg bm25 >= 0.5
- This is always said.

## Second step
View: corpus=films&q=whale&predict=1

Words.

Question: What will come first?

Notice:
- {first cross_encoder} is first.

# Questions

## What is a whale?
- A fish
- A mammal -> right
Step: 1
Why: It breathes.
"""


def read(text: str) -> Lesson:
    return lesson_from(text.encode(), KNOWN)


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) == 1, old
    return GOOD.replace(old, new)


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_a_lesson_has_its_steps_questions_and_claims() -> None:
    lesson = read(GOOD)
    assert (lesson.title, len(lesson)) == ("A short lesson", 3)
    first, second = lesson.steps
    assert first.view == PageState(corpus="films", query="whale", candidates=5)
    assert first.paragraphs == ("A text of **two** lines that is one paragraph.", "And a second one.")
    assert [option.text for option in first.options] == ["The whale", "The island, which is far away"]
    assert [option.claims is None for option in first.options] == [False, True]
    claims = first.notice[0].claims
    assert claims is not None
    assert [(claim.left, claim.sign, claim.right) for claim in claims] == [
        (("rank", "bi_encoder", "d0"), "<", ("3",)),
        (("ndcg", "bm25"), ">=", ("0.5",)),
    ]
    assert first.notice[1].claims is None
    assert second.view.predict and second.options == ()
    [question] = lesson.questions
    assert (question.options, question.right, question.why, question.step) == (
        ("A fish", "A mammal"),
        1,
        "It breathes.",
        1,
    )
    assert [lesson.title_of(number) for number in (1, 2, 3)] == ["First step", "Second step", "Questions"]
    assert lesson.step(3) is None and lesson.step(99) is None


LONG = " ".join(["word"] * 82)
BAD = {
    "an unknown corpus": ("corpus=films&q=whale&k=5", "corpus=nowhere&q=whale", 'because of corpus="nowhere".'),
    "an unknown parameter": ("corpus=films&q=whale&k=5", "corpus=films&colour=red", 'because of colour="red".'),
    "a loop": ("corpus=films&q=whale&k=5", "tab=lesson&step=1", "a step can't show the lesson itself."),
    "one's own corpus": ("corpus=films&q=whale&k=5", "corpus=own&q=whale", "a step can't show a corpus of one's own"),
    "two wordings": ("corpus=films&q=whale&k=5", "corpus=films&q=a&against=b", "a step can't show two wordings"),
    "no view": ("corpus=films&q=whale&k=5", "", "the view has no query"),
    "no query": ("corpus=films&q=whale&k=5", "corpus=films", "the view has no query"),
    "a fact that there is none": ("{rank bi_encoder d0}", "{colour d0}", "This view has no fact “colour d0”; it has"),
    "a fact without its words": ("{rank bi_encoder d0}", "{rank d0}", "“rank d0” must be rank METHOD DOCUMENT."),
    "a claim without a sign": ("-> rank bi_encoder d0 = 1", "-> rank bi_encoder d0 is 1", "is no claim"),
    "a claim about nothing": ("-> rank bi_encoder d0 = 1", "-> = 1", "is no claim"),
    "a claim with a false right side": ("d0 < 3", "d0 < rank d1", "“rank d1” must be rank METHOD DOCUMENT."),
    "a text of 91 words": ("And a second one.", LONG, "the text of a step has 1 to 90 words, got 91."),
    "an option too few": ("- The island,\n  which is far away\n", "", "a question has 2 to 6 options, got 1."),
    "no right option": ("The whale -> rank bi_encoder d0 = 1", "The whale", "no option says when it is right"),
    "a question without words": ("Question: Who is first?", "Question:", "the question is empty."),
    "options where the view asks": (
        "Question: What will come first?\n",
        "Question: What?\n- a\n- b\n",
        "asks for itself",
    ),
    "a line that is no item": (
        "- This is always said.",
        "This is never said.",
        "is no item; an item begins with “- ”.",
    ),
    "a label twice": ("Words.", "View: corpus=films&q=b", "“View:” stands twice in “Second step”."),
    "an item before its label": ("Words.", "- Words.", "an item stands under “Question:” or “Notice:”."),
    "a question that names no step": ("Step: 1\n", "", "a question names the step that explains it"),
    "a question that names step 99": ("Step: 1", "Step: 99", "as in “Step: 3”, from 1 to 2."),
    "a question without a reason": ("Why: It breathes.\n", "", "a question says why its answer is right"),
    "a question with two answers": ("- A fish", "- A fish -> right", "one of them ends in “-> right”."),
    "another chapter": ("# Questions", "# Answers", "only “# Questions” begins with one #"),
    "a line without an end": ("Who is first?", "Who " * 101, "a line of text has at most 400 characters, got 403."),
}


@pytest.mark.parametrize(("old", "new", "why"), BAD.values(), ids=BAD)
def test_what_is_wrong_is_said_with_its_line(old: str, new: str, why: str) -> None:
    with pytest.raises(LessonError) as raised:
        read(changed(old, new))
    said = str(raised.value)
    assert said.startswith("line ") and why in said, said


def test_the_line_is_the_one_where_it_stands() -> None:
    text = changed("corpus=films&q=whale&k=5", "corpus=nowhere")
    with pytest.raises(LessonError, match=f"^line {line_of(text, 'nowhere')}: "):
        read(text)
    text = changed("{first cross_encoder}", "{nothing}")
    with pytest.raises(LessonError, match=f"^line {line_of(text, '{nothing}')}: "):
        read(text)


def test_a_file_that_is_no_lesson_says_so() -> None:
    for raw, why in (
        (b"", "line 1: there is nothing in this lesson."),
        (b"\n\nHello", "line 3: a lesson begins with its title"),
        (b"## Step\n", "line 1: a lesson begins with its title"),
        (b"# Title\n", "line 1: a lesson has 1 to 30 steps, got 0."),
        (b"# T\n## S\nView: \xff", "line 3: this is not UTF-8"),
        (b"# T\n" + b"x" * 10_000_000, "line 1: a lesson has at most 200,000 bytes, and this file has more."),
    ):
        with pytest.raises(LessonError) as raised:
            lesson_from(raw, KNOWN)
        assert why in str(raised.value)


def test_a_lesson_with_a_byte_order_mark_and_windows_lines_reads_alike() -> None:
    assert lesson_from(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode(), KNOWN) == read(GOOD)


def test_a_lecturers_own_lesson_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.md").write_text(GOOD)
    monkeypatch.setenv(VARIABLE, str(tmp_path / "mine.md"))
    lesson, note = lesson_from_environment(KNOWN)
    assert (lesson.title, note) == ("A short lesson", "")


def test_a_broken_lesson_is_told_and_the_built_in_one_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.md").write_text(changed("corpus=films&q=whale&k=5", "corpus=nowhere"))
    monkeypatch.setenv(VARIABLE, str(tmp_path / "mine.md"))
    lesson, note = lesson_from_environment(KNOWN)
    assert lesson.title == "How search by meaning works"
    assert note.startswith("mine.md can’t be used: line 4: the view can't be shown, because of")
    assert note.endswith("The built-in lesson is shown instead.")
    assert str(tmp_path) not in note


def test_a_lesson_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "none.md"))
    lesson, note = lesson_from_environment(KNOWN)
    assert len(lesson.steps) == 12
    assert note == "none.md can’t be read (No such file or directory); the built-in lesson is shown instead."


def test_a_huge_file_is_not_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    big = tmp_path / "big.md"
    with big.open("wb") as file:
        file.truncate(10_000_000)
    monkeypatch.setenv(VARIABLE, str(big))
    _, note = lesson_from_environment(KNOWN)
    assert f"at most {MOST_BYTES:,} bytes" in note


def test_without_its_corpora_the_built_in_lesson_says_what_is_missing() -> None:
    lesson, note = lesson_from_environment(Known(("films",)))
    assert lesson == NONE
    assert note.startswith("The built-in lesson can’t be shown here: line 4: ")
    assert 'corpus="movies"' in note


def test_the_built_in_lesson_has_twelve_steps_and_ten_questions_that_name_their_steps() -> None:
    lesson = lesson_from(BUILT_IN.read_bytes(), KNOWN)
    assert (len(lesson.steps), len(lesson.questions)) == (12, 10)
    assert [question.step for question in lesson.questions] == sorted({q.step for q in lesson.questions})
