"""What the class's screens say in more than one place."""

from __future__ import annotations

from collections.abc import Sequence

from ui import words
from ui.classroom.question import Kind, Question
from ui.classroom.rounds import Phase, Round
from ui.classroom.scores import STUDENTS, Chosen, Graded, Ordered, Vote
from ui.predict.question import hidden_method
from ui.predict.scored import figure

BORDA = (
    "The class’s order is Borda’s count: of {picks} places the first gives {picks} {points}, each next one less; "
    "equals stand in corpus order, and so does what nobody named."
)
WAITING = "You are in. The next question comes to this screen by itself."
MOST_TURNED = 3
AWAY = "The lecturer’s screen is not connected just now. What you answer counts."
LEAD = (
    "Students open a link, scan a QR code or type a code. No account, no name.",
    "You ask which document the cross-encoder will put first. Phones answer; nobody sees how many said what.",
    "You close the question. They discuss and vote again, if you like.",
    "You reveal: the class beside both models, by the same measure.",
    "Then the class judges the documents itself, and its own judgements score the models.",
)
JOIN = "Join a class"
NO_ACCOUNT = "No account and no name: the class sees how many answered, never who."
GRADES_SAID = "0 not relevant · 1 a little · 2 largely · 3 right"


def vote_name(number: int, vote: int, votes: int) -> str:
    """ "3", or "3b" for the second vote on it."""
    return f"{number}{chr(ord('a') + vote)}" if votes > 1 else str(number)


def out_of(right: int, total: int) -> str:
    """ "12 of 30"."""
    return f"{right} of {total}"


def value(number: float) -> str:
    """A measure's value with two decimals."""
    return figure(number)


def name_of(key: str, titles: dict[str, str]) -> str:
    """What a value is of."""
    return "the class" if key == STUDENTS else titles.get(key, key).lower()


def figures(vote: Vote, titles: dict[str, str]) -> str:
    """ "nDCG@10: the class .82, bi-encoder .61, cross-encoder .95." or nothing."""
    if not vote.values:
        return ""
    said = ", ".join(f"{name_of(key, titles)} {value(number)}" for key, number in vote.values.items())
    return f"{vote.measure}: {said}."


def moved(vote: Vote, question: Question) -> str:
    """What a discussion changed, and what they turned to."""
    if vote.moved is None:
        return ""
    if not vote.moved.both:
        return "Nobody answered in both votes."
    said = (
        f"After the discussion {vote.moved.changed} of {vote.moved.both} who answered twice changed their first choice"
    )
    turned = [f"{n} to {right(question, [key])}" for key, n in vote.moved.to[:MOST_TURNED]]
    return f"{said}: {', '.join(turned)}." if turned else f"{said}."


def status(found: Round | None) -> str:
    """How far a class is, in a sentence that a screen reader says."""
    if found is None:
        return "No question yet."
    kind = "judging" if found.question.kind is Kind.JUDGE else "question"
    return {
        Phase.OPEN: f"The {kind} is open.",
        Phase.CLOSED: f"The {kind} is closed.",
        Phase.REVEALED: f"The {kind} is revealed.",
    }[found.phase]


def agreement(alpha: float | None) -> str:
    """Krippendorff's alpha as a number, and how it is read."""
    if alpha is None:
        return "Krippendorff’s alpha can’t be said: all grades are the same, or no document has two."
    return f"Krippendorff’s alpha (ordinal) is {value(alpha)}: {_reading(alpha)}."


def _reading(alpha: float) -> str:
    """By Krippendorff's own bounds (2004): from .8 on reliable, from .667 on for tentative conclusions."""
    if alpha >= 0.8:  # noqa: PLR2004
        return "the class agrees well"
    if alpha >= 0.667:  # noqa: PLR2004
        return "enough for tentative conclusions"
    return "the class disagrees, so trust these judgements little" if alpha > 0 else "no more than chance would give"


def judged(made: Graded) -> str:
    """What was judged, in a sentence."""
    total = sum(each.total for each in made.documents)
    said = f"{words.count(total, 'judgement')} of {words.count(made.pool, 'document')}."
    return said if not made.lacking else f"{said} {words.count(made.lacking, 'document')} got fewer than three."


def right(question: Question, keys: Sequence[str]) -> str:
    """What is right, by its name; empty where nothing is."""
    return " or ".join(f"“{question.option(key).title.striptags()}”" for key in keys)


def listed(question: Question, keys: Sequence[str]) -> str:
    """Options by their names, one after the other."""
    return ", then ".join(f"“{question.option(key).title.striptags()}”" for key in keys)


def _had(question: Question, made: Ordered, titles: dict[str, str], named: str) -> str:
    """How many named first what the covered ranking has first, of what there was to name."""
    hidden, vote = hidden_method(question.state), made.votes[-1]
    title = titles[hidden].lower()
    if not named:
        return f"The {title} finds none of these."
    above = made.ranked.result.rankings[hidden].hits[0].doc_id not in made.right
    return f"{out_of(vote.right, vote.total)} had what the {title} puts first{' of these' if above else ''}: {named}."


def outcome(question: Question, made: Ordered | Chosen, titles: dict[str, str]) -> str:
    """What came of the last vote, in a sentence or two."""
    vote, named = made.votes[-1], right(question, made.right)
    if not vote.total:
        first = f"Nobody answered. Right is {named}." if named else "Nobody answered."
    elif isinstance(made, Chosen):
        first = f"{out_of(vote.right, vote.total)} answered right: {named}." if named else "None of these is right."
    else:
        first = _had(question, made, titles, named)
    return " ".join(each for each in (first, figures(vote, titles), moved(vote, question)) if each)
