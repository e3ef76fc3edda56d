"""Read a lesson from its file; what is wrong with one is said with the line.

The file is plain text that reads like Markdown, see lesson.md: a title, a section for each step with the lines
"View:", "Question:" and "Notice:", and a last section with questions. Everything in it is text: markup is shown as it
is typed, save **bold**, *italics* and `code`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from searchcore.errors import quoted
from ui.lesson.claims import ALWAYS, facts_in, read_claims
from ui.lesson.facts import check_fact
from ui.lesson.steps import MOST_STEPS, Lesson, Question, Said, Step
from ui.state import LESSON, SEARCH, Known, PageState

MOST_BYTES = 200_000
MOST_WORDS = 90
MOST_QUESTIONS = 30
LEAST_OPTIONS, MOST_OPTIONS = 2, 6
MOST_CHARACTERS = 400
VIEW, QUESTION, NOTICE, STEP, WHY = "View:", "Question:", "Notice:", "Step:", "Why:"
QUESTIONS = "Questions"
_HEADING = re.compile(r"(#{1,2}) +(.+)")
_ARROW = " -> "


class LessonError(ValueError):
    """What is wrong with a lesson, in a sentence that begins with the line."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")


@dataclass(slots=True)
class _Section:
    """A heading with the lines under it, and their numbers."""

    level: int
    title: str
    line: int
    lines: list[tuple[int, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Part:
    """A label of a section with what follows it on its line, and the items below."""

    label: str
    text: str
    line: int
    items: list[tuple[int, str]] = field(default_factory=list)


def lesson_from(raw: bytes, known: Known) -> Lesson:
    """The lesson in the bytes of a file. Raises LessonError."""
    if len(raw) > MOST_BYTES:
        raise LessonError(1, f"a lesson has at most {MOST_BYTES:,} bytes, and this file has more.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise LessonError(line, "this is not UTF-8; please save the file as UTF-8.") from None
    head, *sections = list(_sections(text))
    if head.level != 1:
        raise LessonError(head.line, "a lesson begins with its title, as in “# How search by meaning works”.")
    ends = [i for i, section in enumerate(sections) if section.level == 1]
    if ends and (sections[ends[0]].title != QUESTIONS or len(ends) > 1):
        wrong = sections[ends[0] if sections[ends[0]].title != QUESTIONS else ends[1]]
        raise LessonError(wrong.line, f"after the title only “# {QUESTIONS}” begins with one #; a step begins with ##.")
    of_steps, of_questions = (sections[: ends[0]], sections[ends[0] + 1 :]) if ends else (sections, [])
    if not of_steps or len(of_steps) > MOST_STEPS:
        raise LessonError(head.line, f"a lesson has 1 to {MOST_STEPS} steps, got {len(of_steps)}.")
    if len(of_questions) > MOST_QUESTIONS:
        raise LessonError(of_questions[0].line, f"a lesson has at most {MOST_QUESTIONS} questions.")
    steps = tuple(_step(section, known) for section in of_steps)
    return Lesson(head.title, steps, tuple(_question(section, len(steps)) for section in of_questions))


def _sections(text: str) -> Iterator[_Section]:
    section: _Section | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        heading = _HEADING.fullmatch(line.rstrip())
        if heading:
            if section is not None:
                yield section
            section = _Section(len(heading[1]), heading[2].strip(), number)
            _bounded(section.title, number)
        elif section is not None:
            section.lines.append((number, line.rstrip()))
        elif line.strip():
            raise LessonError(number, "a lesson begins with its title, as in “# How search by meaning works”.")
    if section is None:
        raise LessonError(1, "there is nothing in this lesson.")
    yield section


def _parts(section: _Section, labels: tuple[str, ...]) -> tuple[list[tuple[int, str]], dict[str, _Part]]:
    """The lines of text, and each label with what follows it; items without a label are under "".

    An indented line goes on with the one above.
    """
    text: list[tuple[int, str]] = []
    part = _Part("", "", section.line)
    parts = {"": part}
    for number, line in section.lines:
        label = next((each for each in labels if line.startswith(each)), None)
        if label is not None:
            if label in parts:
                raise LessonError(number, f"“{label}” stands twice in “{section.title}”.")
            part = parts[label] = _Part(label, line.removeprefix(label).strip(), number)
        elif line.startswith("- "):
            part.items.append((number, line[2:].strip()))
        elif line.startswith("  ") and line.strip():
            _go_on(part, line.strip())
        elif part.label not in ("", VIEW) and line.strip():
            raise LessonError(number, f"{quoted(line.strip(), 40)} is no item; an item begins with “- ”.")
        else:
            text.append((number, line.strip()))
    return text, parts


def _go_on(part: _Part, line: str) -> None:
    if part.items:
        number, item = part.items[-1]
        part.items[-1] = (number, f"{item} {line}")
    else:
        part.text = f"{part.text} {line}".strip()


def _step(section: _Section, known: Known) -> Step:
    text, parts = _parts(section, (VIEW, QUESTION, NOTICE))
    for label in (VIEW, QUESTION, NOTICE):
        if label not in parts:
            raise LessonError(section.line, f"“{section.title}” has no line that begins with “{label}”.")
    if astray := parts[""].items + parts[VIEW].items:
        raise LessonError(astray[0][0], f"an item stands under “{QUESTION}” or “{NOTICE}”.")
    view, question = _view(parts[VIEW], known), parts[QUESTION]
    if not question.text:
        raise LessonError(question.line, "the question is empty.")
    _bounded(question.text, question.line)
    options = tuple(_said(view, number, item) for number, item in question.items)
    if view.predict and options:
        raise LessonError(question.line, "a view with predict=1 asks for itself, so its question has no options.")
    if not view.predict:
        _check_options(options, question.line)
    notice = tuple(_said(view, number, item) for number, item in parts[NOTICE].items)
    if not notice:
        raise LessonError(parts[NOTICE].line, "there is nothing to notice; please write it as “- ” and a sentence.")
    return Step(section.title, view, _paragraphs(text, section), question.text, options, notice)


def _check_options(options: tuple[Said, ...], line: int) -> None:
    if not LEAST_OPTIONS <= len(options) <= MOST_OPTIONS:
        raise LessonError(line, f"a question has {LEAST_OPTIONS} to {MOST_OPTIONS} options, got {len(options)}.")
    if all(option.claims is None for option in options):
        raise LessonError(line, f"no option says when it is right, as in “{_ARROW}rank bm25 13 = 1”.")


def _view(part: _Part, known: Known) -> PageState:
    state, ignored = PageState.from_query(part.text, known)
    if ignored:
        raise LessonError(part.line, f"the view can't be shown, because of {'; '.join(ignored[:3])}.")
    if state.tab == LESSON:
        raise LessonError(part.line, "a step can't show the lesson itself.")
    if state.own:
        raise LessonError(part.line, "a step can't show a corpus of one's own, which differs from visitor to visitor.")
    if state.tab == SEARCH and not state.query:
        raise LessonError(part.line, "the view has no query; please copy a link of the page that has q= in it.")
    if state.against:
        raise LessonError(part.line, "a step can't show two wordings; please show one query.")
    return state.with_changes(guess=(), revealed=False)


def _paragraphs(text: list[tuple[int, str]], section: _Section) -> tuple[str, ...]:
    found: list[str] = [""]
    for _, line in text:
        if line:
            found[-1] = f"{found[-1]} {line}".strip()
        elif found[-1]:
            found.append("")
    paragraphs = tuple(each for each in found if each)
    count = len(" ".join(paragraphs).split())
    if not 1 <= count <= MOST_WORDS:
        raise LessonError(section.line, f"the text of a step has 1 to {MOST_WORDS} words, got {count}.")
    return paragraphs


def _said(view: PageState, line: int, item: str) -> Said:
    """A sentence and, after the arrow, the claims that make it true."""
    text, found, claims = item.partition(_ARROW)
    _bounded(text, line)
    try:
        read = read_claims(claims.strip()) if found else None
        for claim in read or ():
            check_fact(view, claim.left)
            if len(claim.right) > 1:
                check_fact(view, claim.right)
        for fact in facts_in(text):
            check_fact(view, fact)
    except ValueError as error:
        raise LessonError(line, str(error)) from None
    return Said(text.strip(), read)


def _question(section: _Section, steps: int) -> Question:
    _, parts = _parts(section, (STEP, WHY))
    options = [text.partition(_ARROW) for _, text in parts[""].items]
    right = [i for i, (_, _, said) in enumerate(options) if said.strip() == ALWAYS]
    if not LEAST_OPTIONS <= len(options) <= MOST_OPTIONS or len(right) != 1:
        raise LessonError(
            section.line,
            f"a question has {LEAST_OPTIONS} to {MOST_OPTIONS} options, and one of them ends in “-> right”.",
        )
    step, why = parts.get(STEP), parts.get(WHY)
    if step is None or not step.text.isascii() or not step.text.isdecimal() or not 1 <= int(step.text[:3]) <= steps:
        line = step.line if step else section.line
        raise LessonError(line, f"a question names the step that explains it, as in “{STEP} 3”, from 1 to {steps}.")
    if why is None or not why.text:
        raise LessonError(section.line, f"a question says why its answer is right, in a line that begins with “{WHY}”.")
    for line, text in [(why.line, why.text), *parts[""].items]:
        _bounded(text, line)
    return Question(section.title, tuple(text.strip() for text, _, _ in options), right[0], why.text, int(step.text))


def _bounded(text: str, line: int) -> None:
    if len(text) > MOST_CHARACTERS:
        raise LessonError(line, f"a line of text has at most {MOST_CHARACTERS} characters, got {len(text):,}.")
