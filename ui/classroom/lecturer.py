"""The lecturer's screen, as it stands on the projector: nothing on it tells an answer before the reveal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import segno
from markupsafe import Markup

from searchcore.engine import Engine
from searchcore.evaluate import against
from searchcore.ranking import Method
from ui import words as common
from ui.classroom import judging, words
from ui.classroom.chart import chart
from ui.classroom.form import form
from ui.classroom.question import Kind
from ui.classroom.results import bars, class_ranking, judgements
from ui.classroom.room import Room
from ui.classroom.rounds import Phase, Round
from ui.classroom.scores import Chosen, Graded, Ordered, Students
from ui.draw.template import fill, joined
from ui.lesson.steps import Lesson
from ui.search.columns import columns
from ui.search.shown import Columns
from ui.share import NO_QR
from ui.state import SEARCH

PARTS = ("door", "counts", "acts", "stage", "form", "chart")


@dataclass(frozen=True, slots=True)
class Desk:
    """What a lecturer has in every room: the engine, the lesson, and where others can open the page."""

    engine: Engine
    lesson: Lesson
    public: str

    @property
    def titles(self) -> dict[str, str]:
        """The methods by key."""
        return {key: method.title for key, method in self.engine.methods.items()}


def screen(room: Room, desk: Desk) -> dict[str, str]:
    """The parts of the screen by name."""
    if room.over:
        return {"said": room.over, **dict.fromkeys(PARTS, "")}
    found = room.round
    return {
        "said": _said(desk, found),
        "door": str(_door(room, desk, found)),
        "counts": str(_counts(room, found)),
        "acts": str(_acts(found)),
        "stage": str(_stage(desk, found)),
        "chart": str(chart(room.rounds, desk.titles)),
        "form": str(form(desk.engine, desk.lesson, going=found is not None and found.phase is not Phase.REVEALED)),
    }


def changing(room: Room, desk: Desk) -> dict[str, str]:
    """Of the screen what changes with each student who joins or answers."""
    found = room.round
    if room.over:
        return {}
    parts = {"counts": str(_counts(room, found))}
    if found is not None and found.question.kind is Kind.JUDGE:
        parts["stage"] = str(_stage(desk, found))
    return parts


def path_of(room: Room, *, key: bool = True) -> str:
    """Where students join, below the page's own address."""
    return f"class/{room.code}" + (f"?key={room.key}" if key else "")


def _door(room: Room, desk: Desk, found: Round | None) -> Markup:
    """How to join."""
    link = f"{desk.public}/{path_of(room)}" if desk.public else ""
    shown = f"{desk.public}/class".removeprefix("http://").removeprefix("https://") if desk.public else ""
    # Its fields name no type: of those that do, Gradio takes away the mark of the focus.
    return fill(
        '<section class="cl-door{}" aria-label="How to join"><div class="cl-join"><p>Open <b class="cl-where" '
        'data-path="class">{}</b> and type</p><p class="cl-code" aria-label="Code: {}">{}</p></div>{}'
        '<details class="cl-links"><summary>Links, and end the class</summary>'
        '<p><label>Link for students <input readonly value="{}" data-path="{}"></label></p>'
        "<p><label>Your own link: whoever has it controls this class <input readonly "
        'data-own="{}class/{}/lecturer"></label></p>'
        '<p><button type="button" class="cl-button cl-danger" data-do="end">End the class for everybody</button></p>'
        "</details></section>",
        " cl-lobby" if found is None else "",
        shown,
        " ".join(room.code),
        f"{room.code[:3]} {room.code[3:]}",
        _qr(link, lobby=found is None),
        link,
        path_of(room),
        f"{desk.public}/" if desk.public else "",
        room.code,
    )


def _counts(room: Room, found: Round | None) -> Markup:
    """How many are there, and how many have answered what is asked."""
    counts = [(room.joined, "joined")]
    if found is not None and found.phase is not Phase.REVEALED:
        counts.append((found.answered, "answered"))
    return joined(fill('<p class="cl-count"><b>{}</b> {}</p>', count, what) for count, what in counts)


def _said(desk: Desk, found: Round | None) -> str:
    """What a screen reader hears: how far the class is, and what came of a question."""
    if found is None or found.phase is not Phase.REVEALED:
        return words.status(found)
    made = found.outcome
    said = words.judged(made) if isinstance(made, Graded) else words.outcome(found.question, made, desk.titles)
    return f"{words.status(found)} {said}"


def _qr(link: str, *, lobby: bool) -> Markup:
    if not link:
        return fill('<p class="cl-small">{}</p>', NO_QR) if lobby else Markup("")
    code = segno.make(link, error="l", micro=False)
    svg = code.svg_inline(border=2, omitsize=True, title="QR code: join the class", svgclass="cl-qr", lineclass=None)
    return Markup(svg)  # noqa: S704 - drawn by the library: numbers and our title


def _act(act: str, label: str, found: Round, *, primary: bool = False) -> Markup:
    return fill(
        '<button type="button" class="cl-button{}" data-do="{}" data-round="{}">{}</button>',
        " cl-primary" if primary else "",
        act,
        found.number,
        label,
    )


def _acts(found: Round | None) -> Markup:
    """What can be done with the question that is there."""
    if found is None or found.phase is Phase.REVEALED:
        return Markup("")
    judge = found.question.kind is Kind.JUDGE
    if found.phase is Phase.OPEN:
        acts = _act("close", "Close the judging" if judge else "Close the question", found, primary=True)
    else:
        acts = _act("reveal", "Show what it comes to" if judge else "Reveal", found, primary=True)
        acts += _act("again", "Open it again" if judge else "Discuss and vote again", found)
    return fill('<p class="cl-acts">{}</p>', acts)


def _stage(desk: Desk, found: Round | None) -> Markup:
    if found is None:
        return Markup("")
    if found.phase is not Phase.REVEALED:
        return _asked(found)
    made = found.outcome
    if isinstance(made, Graded):
        return _heading(found) + judgements(made, desk.titles)
    return _answers(desk, found, made)


def _heading(found: Round) -> Markup:
    question = found.question
    vote = len(found.votes) - 1
    about = question.about if question.kind is Kind.CHOICE else fill("<p><q>{}</q></p>", question.about)
    return fill(
        '<header class="cl-asked"><p class="cl-small">{}</p><h2>{}</h2>{}</header>',
        f"Question {words.vote_name(found.number, vote, len(found.votes))}"
        + (f" · {question.corpus}" if question.corpus else ""),
        question.asked,
        about,
    )


def _asked(found: Round) -> Markup:
    """The question with its options, and nothing of the answers."""
    question = found.question
    if question.kind is Kind.JUDGE:
        said = fill('<p class="cl-progress">{}</p><p class="cl-small">{}</p>', _progress(found), _pool(found))
        return _heading(found) + said
    note = f"In the order of the {question.seen.lower()}." if question.seen else ""
    items = joined(
        fill(
            "<li><b>{}</b>{}</li>",
            option.title,
            fill(' <span class="cl-text">{}</span>', option.text) if option.text else "",
        )
        for option in question.options
    )
    return _heading(found) + fill('<p class="cl-small">{}</p><ol class="cl-options">{}</ol>', note, items)


def _pool(found: Round) -> str:
    question = found.question
    return (
        f"{common.count(len(question.options), 'document')}: what any method has among its first {question.depth}. "
        "Each phone has its own order, and no phone says which method found what."
    )


def _progress(found: Round) -> Markup:
    documents = judging.judged(found.question.keys, found.given)
    done = sum(each.total >= judging.WANTED for each in documents)
    return fill(
        "<b>{}</b> of {} have three judgements; {} so far.",
        done,
        common.count(len(found.question.options), "document"),
        common.count(sum(each.total for each in documents), "judgement"),
    )


def _answers(desk: Desk, found: Round, made: Ordered | Chosen) -> Markup:
    question = found.question
    said = fill('<p class="cl-outcome">{}</p>', words.outcome(question, made, desk.titles))
    if isinstance(made, Chosen):
        return fill(
            '{}{}<div class="cl-choice"><div>{}</div><div class="cl-view">{}{}</div></div>',
            _heading(found),
            said,
            bars(question, made),
            made.told.picture,
            made.told.notice,
        )
    points = words.BORDA.format(picks=question.picks, points="point" if question.picks == 1 else "points")
    alone = question.state.with_changes(predict=False, tab=SEARCH).to_query()
    return fill(
        '{}{}{}<p class="cl-small">{} <a class="ss-link" href="?{}" data-open="{}">Open this search by itself</a></p>',
        _heading(found),
        said,
        _beside(desk, made),
        points,
        alone,
        alone,
    )


def _beside(desk: Desk, made: Ordered) -> Markup:
    """The class's order beside both rankings."""
    result, grades = made.ranked.result, made.ranked.grades
    rankings = {**class_ranking(made), **result.rankings}
    methods: Mapping[str, Method] = {**desk.engine.methods, Students.key: Students()}
    judged = {key: against(result.corpus, grades, each) for key, each in rankings.items()} if grades else {}
    return columns(
        Columns(replace(result, rankings=rankings), judged, methods, mark=made.right[0] if made.right else "")
    )
