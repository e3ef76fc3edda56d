"""A student's screen: the question, what they answer, and after the reveal what it was, and their own tally."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from ui import words as common
from ui.classroom import words
from ui.classroom.judging import GRADES
from ui.classroom.question import Kind, Option, Question
from ui.classroom.results import bars
from ui.classroom.room import Room, Seat
from ui.classroom.rounds import Phase, Round
from ui.classroom.scores import STUDENTS, Chosen, Graded, Ordered
from ui.classroom.votes import Answer
from ui.draw.template import fill, joined
from ui.predict.question import hidden_method, shown_method
from ui.search.hits import short_title
from ui.search.judged import GRADES as GRADE_WORDS

MOST_ROWS = 10


def shared(room: Room, titles: Mapping[str, str]) -> dict[str, Any]:
    """What all students see alike."""
    if room.over:
        return {"screen": str(fill('<p class="cl-lead">{}</p>', room.over)), "said": room.over, "over": True}
    return {
        "screen": str(_screen(room.round, titles)),
        "said": words.WAITING if room.round is None else words.status(room.round),
        "away": "" if room.led else words.AWAY,
    }


def own(room: Room, seat: Seat) -> dict[str, Any]:
    """What one student alone sees: what they answered, the documents they were handed, what they scored."""
    found = room.round
    mine: dict[str, Any] = {"tally": _tally(seat)}
    if found is None or room.over:
        return mine
    if found.question.kind is Kind.JUDGE:
        handed = found.handed.get(seat.word, [])
        grades = found.given.get(seat.word, {})
        return mine | {
            "cards": [[doc_id, str(_card(found.question.option(doc_id)))] for doc_id in handed],
            "grades": dict(grades),
            "done": bool(handed) and handed[-1] in grades,
            "all": len(grades) == len(found.question.options),
        }
    answer, before = found.votes[-1].get(seat.word), _before(found, seat)
    mine |= {"answer": list(answer or ()), "before": list(before or ())}
    if found.phase is Phase.CLOSED and answer:
        mine["yours"] = str(fill("Your answer: {}.", words.listed(found.question, answer)))
    if found.phase is Phase.REVEALED and isinstance(found.outcome, Ordered | Chosen):
        mine["yours"] = str(_yours(found.question, found.outcome, answer))
    return mine


def _before(found: Round, seat: Seat) -> Answer | None:
    """What this student said in the vote before."""
    return found.votes[-2].get(seat.word) if len(found.votes) > 1 else None


def _screen(found: Round | None, titles: Mapping[str, str]) -> Markup:
    if found is None:
        return fill('<p class="cl-lead">{}</p><p class="cl-small">{}</p>', words.WAITING, words.NO_ACCOUNT)
    question = found.question
    if found.phase is Phase.OPEN:
        return _heading(question) + (_judging(found) if question.kind is Kind.JUDGE else _choice(found))
    if found.phase is Phase.CLOSED:
        said = "The judging is closed." if question.kind is Kind.JUDGE else "The question is closed."
        return _heading(question) + fill(
            '<p class="cl-lead">{} {}</p><p class="cl-yours"></p>', said, "What comes next, comes by itself."
        )
    return _heading(question) + _revealed(found, titles)


def _heading(question: Question) -> Markup:
    about = question.about if question.kind is Kind.CHOICE else fill("<p><q>{}</q></p>", question.about)
    return fill('<header class="cl-asked"><h2 tabindex="-1">{}</h2>{}</header>', question.asked, about)


def _choice(found: Round) -> Markup:
    """The options as buttons: what is pressed first is the first choice."""
    question = found.question
    how = {
        Kind.CHOICE: "Tap your answer.",
        Kind.ORDER: "Tap the one that you expect first."
        if question.picks == 1
        else f"Tap up to {question.picks} in order: first what you expect first. Tap one again to take it back.",
    }[question.kind]
    again = "" if len(found.votes) == 1 else " You have discussed it: keep your answer, or change it."
    seen = f" They stand as the {question.seen.lower()} has them." if question.seen else ""
    return fill(
        '<p class="cl-small">{}</p><ol class="cl-options" data-round="{}" data-vote="{}" data-picks="{}">{}</ol>'
        '<p class="cl-sent" role="status"></p>',
        how + seen + again,
        found.number,
        len(found.votes),
        question.picks,
        joined(_option(option) for option in question.options),
    )


def _option(option: Option) -> Markup:
    text = fill('<details><summary>read it</summary><p class="cl-text">{}</p></details>', option.text)
    return fill(
        '<li data-key="{}"><button type="button" class="cl-option" aria-pressed="false"><b class="cl-place" '
        'aria-hidden="true"></b><span>{}</span><span class="ss-hidden cl-place-said"></span></button>{}</li>',
        option.key,
        option.title,
        text if option.text else Markup(""),
    )


def _judging(found: Round) -> Markup:
    return fill(
        '<p class="cl-small">{}</p><ol class="cl-cards" data-round="{}"></ol><p class="cl-sent" role="status"></p>'
        '<p><button type="button" class="cl-button" data-more hidden>Judge another one</button></p>',
        f"Grade each document for this query: {words.GRADES_SAID}. You can change a grade until the judging closes.",
        found.number,
    )


def _card(option: Option) -> Markup:
    """A document to judge, with a button for each grade."""
    buttons = joined(
        fill(
            '<button type="button" data-grade="{}" aria-pressed="false"><b>{}</b> {}</button>',
            grade,
            grade,
            GRADE_WORDS[grade],
        )
        for grade in GRADES
    )
    return fill(
        '<h3 tabindex="-1">{}</h3>{}<div class="cl-grades" role="group" aria-label="Grade of {}">{}</div>',
        option.title,
        fill('<p class="cl-text">{}</p>', option.text) if option.text else Markup(""),
        option.title.striptags(),
        buttons,
    )


def _revealed(found: Round, titles: Mapping[str, str]) -> Markup:
    made, question = found.outcome, found.question
    mine = Markup('<p class="cl-lead cl-yours"></p>')
    if isinstance(made, Graded):
        return mine + _measures(made, titles)
    if isinstance(made, Chosen):
        return mine + bars(question, made) + made.told.notice
    return mine + _places(question, made, titles)


def _yours(question: Question, made: Ordered | Chosen, answer: Answer | None) -> Markup:
    """What came of this student's own answer."""
    right = words.right(question, made.right)
    first = f"Right is {right}." if right else "None of them is right."
    if not answer:
        return fill("{} You gave no answer this time.", first)
    said = question.option(answer[0]).title.striptags()
    if answer[0] in made.right:
        return fill("You said “{}”: <b>right</b>.", said)
    return fill("You said “{}”. {}", said, first)


def _places(question: Question, made: Ordered, titles: Mapping[str, str]) -> Markup:
    """Each document with its place by the covered ranking, by the one that was seen, and by the class."""
    result, vote = made.ranked.result, made.votes[-1]
    hidden, shown = hidden_method(question.state), shown_method(question.state)
    seen = {hit.doc_id: hit.rank for hit in result.rankings[shown].hits}
    by_class = {place.key: rank for rank, place in enumerate(vote.places, start=1) if place.points}
    rows = joined(
        fill(
            '<tr><td class="ss-{}">{}</td><th>{}</th><td class="ss-{}">{}</td><td class="ss-{}">{}</td></tr>',
            hidden,
            hit.rank,
            short_title(result.corpus, hit.doc_id),
            shown,
            seen.get(hit.doc_id, "–"),
            STUDENTS,
            by_class.get(hit.doc_id, "–"),
        )
        for hit in result.rankings[hidden].hits[:MOST_ROWS]
    )
    return fill(
        '<table class="cl-places"><caption>{}</caption><thead><tr><th>{}</th><th>Document</th><th>{}</th>'
        "<th>The class</th></tr></thead><tbody>{}</tbody></table>",
        words.figures(vote, dict(titles)) or f"{words.out_of(vote.right, vote.total)} had the first one right.",
        titles[hidden],
        titles[shown],
        rows,
    )


def _measures(made: Graded, titles: Mapping[str, str]) -> Markup:
    if not made.by_class:
        return Markup("<p>The class found no relevant document, so there is nothing to measure by.</p>")
    rows = joined(
        fill(
            '<tr class="ss-{}"><th>{}</th><td>{}</td></tr>',
            key,
            "The class’s prediction" if key == STUDENTS else titles[key],
            words.value(value),
        )
        for key, value in made.by_class.items()
    )
    return fill(
        '<p>{}</p><p>{}</p><table class="cl-places"><caption>{} by your class’s judgements</caption><tbody>{}</tbody>'
        "</table>",
        words.judged(made),
        words.agreement(made.alpha),
        made.measure,
        rows,
    )


def _tally(seat: Seat) -> str:
    """What this student has made of all questions so far."""
    made = list(seat.tally.values())
    if not made:
        return ""
    ahead = sum(mine >= other for mine, other in made)
    return (
        f"Your tally in this class: {common.count(len(made), 'question')} answered, {ahead} right or no worse than the "
        "ranking that you saw."
    )
