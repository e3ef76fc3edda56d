"""TEACHING.md says nothing that is not so: its addresses are opened with the bundled models, and its claims hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest

from searchcore import Engine
from searchcore.corpora import OWN
from searchcore.running import Limits, finish
from tests.server import ROOT
from ui.classroom.form import DEFAULT_CANDIDATES
from ui.evaluate.evaluations import Evaluations
from ui.evaluate.section import MeasuresSection
from ui.lesson import draw
from ui.lesson.claims import Fact, Find, filled, read_claims
from ui.lesson.facts import finder
from ui.lesson.read import lesson_from
from ui.lesson.setting import BUILT_IN
from ui.lesson.steps import Lesson
from ui.search.section import Found
from ui.search.wordings import NAMES, Wordings
from ui.sections import views
from ui.state import CLASS, SEARCH, Known, PageState

TEXT = (ROOT / "TEACHING.md").read_text("utf-8")
QUERIES, MISCONCEPTIONS = "Queries that work", "Twelve misconceptions"
PLANS = {"A plan for 50 minutes": 50, "A plan for 15 minutes": 15}
WITH_PHONES = "A plan for 10 minutes, with phones"
CODE = re.compile(r"`([^`]+)`")
NUMBER = re.compile(r"(?<![\w@.])-?\d+(?:\.\d+)?(?!\w)")
SHOWN = (
    "Words against meaning",
    "A typo",
    "Negation",
    "Swapped roles",
    "Numbers",
    "A rare name",
    "Asymmetric",
    "Reranking helps",
    "Reranking hurts",
    "Beyond the window",
    "Beyond the window, in chunks",
    "In chunks, but reranked whole",
    "Another language",
    "No answer",
    "Late interaction between",
    "Expanding helps",
    "Expanding drifts",
    "Two wordings: a word that counts",
    "Two wordings: a word that does not",
)


def section(title: str) -> str:
    """What stands under a heading."""
    return TEXT.split(f"\n## {title}\n")[1].split("\n## ")[0]


def table(title: str) -> list[dict[str, str]]:
    """The rows of the table under a heading, by the names of its columns."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    head, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [dict(zip(head, row, strict=True)) for row in rows]


CLAIMED = [(title, row) for title in (QUERIES, MISCONCEPTIONS) for row in table(title)]
EACH = [
    pytest.param(address, claim, id=next(iter(row.values())))
    for _, row in CLAIMED
    for address, claim in zip(CODE.findall(row["Address"]), CODE.findall(row["Claim"]), strict=True)
]


def found(engine: Engine, view: PageState) -> Find:
    """The facts of a view; of two wordings each fact begins with the name of one."""
    result: Any = finish(views(engine, MeasuresSection(engine, Evaluations()))(view).begin(engine, view))
    if not isinstance(result, Wordings):
        return finder(view, result)

    def find(fact: Sequence[str]) -> Fact:
        which = NAMES.index(fact[0])
        alone = view.with_changes(query=(view.query, view.against)[which], against="")
        return finder(alone, Found(result.results[which]))(fact[1:])

    return find


def opened(address: str) -> PageState:
    view, ignored = PageState.from_query(address)
    assert ignored == [], address
    return view


@pytest.fixture(scope="module")
def known(engine: Engine) -> Known:
    models = tuple((spec.role, spec.name) for spec in engine.models.catalogue.values())
    return Known((*engine.corpora, OWN), tuple(engine.methods), models)


@pytest.fixture(scope="module")
def lesson(known: Known) -> Lesson:
    return lesson_from(BUILT_IN.read_bytes(), known)


@pytest.mark.parametrize(("address", "claim"), EACH)
def test_what_the_page_for_teachers_claims_of_an_address_is_so(engine: Engine, address: str, claim: str) -> None:
    find, claims = found(engine, opened(address)), read_claims(claim)
    assert claims
    for each in claims:
        assert each.holds(find), f"{each}: {find(each.left).said}"


@pytest.mark.parametrize("row", [pytest.param(row, id=next(iter(row.values()))) for _, row in CLAIMED])
def test_every_number_in_a_sentence_is_one_that_its_claim_has(row: dict[str, str]) -> None:
    said = row.get("What it shows") or row["What is true"]
    measures = said.replace("nDCG@10", "").replace("Terminator 2", "").replace("Big Hero 6", "")
    assert set(NUMBER.findall(measures)) <= set(NUMBER.findall(row["Claim"])), said


def test_a_query_is_there_for_everything_that_a_class_should_see() -> None:
    assert tuple(row["To show"] for row in table(QUERIES)) == SHOWN


def test_twelve_misconceptions_have_a_claim_and_a_step_that_answers_them(lesson: Lesson) -> None:
    rows = table(MISCONCEPTIONS)
    assert len({row["Misconception"] for row in rows}) == 12
    assert all(lesson.step(int(row["Step"])) for row in rows)


@pytest.mark.parametrize(("title", "minutes"), PLANS.items())
def test_a_plan_fills_its_minutes_with_steps_that_are_called_so(lesson: Lesson, title: str, minutes: int) -> None:
    at, steps = 0, []
    for row in table(title):
        begins, ends = map(int, row["Minutes"].split("-"))
        assert begins == at < ends
        at = ends
        view = opened(row["Address"].strip("`"))
        assert (view.tab, lesson.title_of(view.step)) == ("lesson", row["Step"])
        steps.append(view.step)
    assert at == minutes
    assert steps == sorted(set(steps))
    assert minutes < 50 or steps == list(range(1, len(lesson) + 1))


def test_the_plan_with_phones_fills_its_minutes_and_its_query_does_what_it_says(engine: Engine) -> None:
    at = 0
    for row in table(WITH_PHONES):
        begins, ends = map(int, row["Minutes"].split("-"))
        assert begins == at < ends
        at = ends
    assert at == 10
    address, claims = CODE.findall(section(WITH_PHONES))
    view = opened(address)
    assert view.tab == CLASS
    find = found(engine, view.with_changes(tab=SEARCH, candidates=DEFAULT_CANDIDATES))
    for claim in read_claims(claims) or ():
        assert claim.holds(find), claim


def test_the_example_of_a_lesson_is_one_and_its_claims_hold(engine: Engine, known: Known) -> None:
    example = TEXT.split("```markdown\n")[1].split("```")[0]
    [step] = lesson_from(example.encode(), known).steps
    find = found(engine, step.view)
    assert sum(draw.rights(step, find)) == 1
    for said in step.notice:
        assert said.claims is None or draw.holds(said, find), filled(said.text, find)
    for fact in ("rank bm25 792", "ndcg bi_encoder"):
        assert f"`{{{fact}}}`" in TEXT


def test_as_many_may_wait_as_it_says() -> None:
    assert f"One address may have {Limits().address} waiting" in TEXT
