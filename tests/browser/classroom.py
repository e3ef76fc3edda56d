"""A class in real browsers: the lecturer's tab of the page, and phones that have a profile each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Locator, expect

from tests.browser.visit import Visit, visiting
from tests.server import Server

PHONE_WIDTH = 390
IDLE = "?tab=class"


@dataclass
class Lecturer:
    """Who leads a class, in the tab of the page."""

    visit: Visit
    code: str = ""

    def open(self, address: str = IDLE) -> Lecturer:
        """Open the tab, where no class is yet."""
        self.visit.open(address)
        expect(self.starts).to_be_enabled()
        return self

    def start(self) -> Lecturer:
        """Start a class."""
        self.starts.click()
        return self.is_there()

    def lead(self, link: str) -> Lecturer:
        """Open the link of somebody who leads a class already."""
        self.visit.page.goto(link)
        return self.is_there()

    def is_there(self) -> Lecturer:
        """Wait until the class is on the screen, and read its code there."""
        shown = self.visit.page.locator(".cl-code")
        expect(shown).to_be_visible()
        self.code = shown.inner_text().replace(" ", "")
        return self

    @property
    def starts(self) -> Locator:
        """What starts a class."""
        return self.visit.page.get_by_role("button", name="Start a class")

    @property
    def room(self) -> Locator:
        """The whole screen of the class."""
        return self.visit.page.locator(".cl-room")

    @property
    def stage(self) -> Locator:
        """What is asked, or what came of it."""
        return self.room.locator("[data-part=stage]")

    @property
    def chart(self) -> Locator:
        """The class over its rounds."""
        return self.room.locator("[data-part=chart]")

    @property
    def said(self) -> Locator:
        """What a screen reader says of it."""
        return self.visit.page.locator(".cl").get_by_role("status")

    @property
    def trouble(self) -> Locator:
        """What went wrong."""
        return self.visit.page.locator(".cl > [role=alert]")

    def count(self, what: str) -> Locator:
        """How many "joined" or "answered"."""
        return self.room.locator(".cl-count").filter(has_text=what).locator("b")

    def has(self, what: str, number: int) -> None:
        """Wait until so many "joined" or "answered"."""
        expect(self.count(what)).to_have_text(str(number))

    def act(self, name: str) -> Locator:
        """The button of an act on what is asked: "close", "again", "reveal", or "end"."""
        return self.room.locator(f"[data-do={name}]")

    def field(self, name: str) -> Locator:
        """A field of a form that asks."""
        return self.room.locator(f"form [name={name}]")

    @property
    def asks(self) -> Locator:
        """The button that asks which comes first."""
        return self.room.locator("button[value=ask]")

    def unfold_form(self, *, more: bool = False) -> None:
        """Have the form, which is folded while something is asked; with `more` all of its fields."""
        for fold in ("details.cl-ask", *(["details.cl-more"] if more else [])):
            part = self.room.locator(fold)
            if part.get_attribute("open") is None:
                part.locator("summary").first.click()

    def ask(self, corpus: str, query: str, picks: int = 1) -> None:
        """Ask the class which documents of a search come first."""
        self.unfold_form()
        self.field("corpus").select_option(corpus)
        self.field("q").fill(query)
        self.field("picks").select_option(str(picks))
        self._opens(self.asks, query)

    def judge(self, corpus: str, query: str, depth: int = 3) -> None:
        """Let the class judge the pool of a query."""
        self.unfold_form(more=True)
        self.field("corpus").select_option(corpus)
        self.field("q").fill(query)
        self.field("depth").select_option(str(depth))
        self._opens(self.room.locator("button[value=judge]"), query)

    def ask_step(self, number: int) -> None:
        """Ask the question of a step of the lesson."""
        self.unfold_form()
        self.field("step").select_option(str(number))
        self._opens(self.room.locator("button[value=step]"))

    def _opens(self, button: Locator, query: str = "") -> None:
        button.click()
        expect(self.act("close")).to_be_visible()
        expect(self.stage.locator(".cl-asked")).to_contain_text(query)
        self._is_done()

    def _is_done(self) -> None:
        """The screen may show what an act has come to before the act itself is answered."""
        expect(self.room).not_to_have_class(re.compile("cl-busy"))

    def close(self) -> None:
        """No more answers."""
        self.act("close").click()
        expect(self.act("reveal")).to_be_visible()
        self._is_done()

    def vote_again(self) -> None:
        """The same question once more."""
        self.act("again").click()
        expect(self.act("close")).to_be_visible()
        self._is_done()

    def reveal(self) -> None:
        """Show what was answered."""
        self.act("reveal").click()
        expect(self.stage.locator(".cl-outcome")).to_be_visible()
        self._is_done()

    def column(self, method: str) -> Locator:
        """The ranking of a method, or of the "students"."""
        return self.stage.locator(f'.ss-column[data-method="{method}"]')

    def documents(self, method: str) -> list[str]:
        """Its documents in order."""
        return [str(hit.get_attribute("data-doc")) for hit in self.column(method).locator(".ss-hit").all()]

    @property
    def points(self) -> dict[str, int]:
        """The documents that somebody in the class named, in the class's order, with their points."""
        hits = self.column("students").locator(".ss-hit").all()
        made = {str(hit.get_attribute("data-doc")): int(hit.locator(".ss-number").inner_text()) for hit in hits}
        return {doc_id: points for doc_id, points in made.items() if points}

    def link(self, whose: str) -> str:
        """The link for students, or the lecturer's own one."""
        fold = self.room.locator("details.cl-links")
        fold.locator("summary").click()
        address = fold.get_by_label(whose).input_value()
        fold.locator("summary").click()
        return address


@dataclass
class Phone:
    """A student's browser."""

    visit: Visit

    def join(self, code: str) -> Phone:
        """Type a code."""
        self.visit.page.goto(f"{self.visit.url}/class")
        self.visit.page.get_by_label("Code of the class").fill(code)
        self.visit.page.get_by_role("button", name="Join").click()
        return self.is_in()

    def follow(self, link: str) -> Phone:
        """Open a link."""
        self.visit.page.goto(link)
        return self.is_in()

    def is_in(self) -> Phone:
        """Wait until it shows the class as it is now."""
        expect(self.screen).to_have_attribute("data-shown", "")
        return self

    @property
    def screen(self) -> Locator:
        """What the class is at."""
        return self.visit.page.locator(".cl-screen")

    @property
    def options(self) -> Locator:
        """What can be chosen, in its order."""
        return self.screen.locator(".cl-option")

    @property
    def chosen(self) -> Locator:
        """What is chosen now."""
        return self.screen.locator(".cl-option[aria-pressed=true]")

    @property
    def sent(self) -> Locator:
        """What was said of an answer that was sent."""
        return self.screen.locator(".cl-sent")

    @property
    def keeps(self) -> Locator:
        """The button that sends the answer of the vote before once more."""
        return self.screen.locator("[data-keep]")

    @property
    def yours(self) -> Locator:
        """What stands there of this student's own answer."""
        return self.screen.locator(".cl-yours")

    @property
    def tally(self) -> Locator:
        """How this student has done."""
        return self.visit.page.locator(".cl-tally")

    @property
    def said(self) -> Locator:
        """What a screen reader says of the class."""
        return self.visit.page.locator(".cl-said")

    @property
    def trouble(self) -> Locator:
        """What went wrong."""
        return self.visit.page.locator("[role=alert]")

    @property
    def away(self) -> Locator:
        """Whether the lecturer is there."""
        return self.visit.page.locator(".cl-away")

    def option(self, key: str) -> Locator:
        """The button of one option."""
        return self.screen.locator(f'[data-key="{key}"] > button')

    def answer(self, *keys: str) -> None:
        """Tap options in this order, and wait until the server has them."""
        for key in keys:
            with self.visit.page.expect_response("**/answer") as answered:
                self.option(key).click()
            assert answered.value.ok
        expect(self.sent).to_contain_text("Your answer is in")

    @property
    def answered(self) -> list[str]:
        """What is chosen now, in the order in which it was."""
        found = self.screen.locator("li:has(> [aria-pressed=true])").all()
        return [str(item.get_attribute("data-key")) for item in found]

    @property
    def card(self) -> Locator:
        """The document that is still to be judged."""
        return self.screen.locator(".cl-cards > li:not(.cl-done)")

    def document(self, doc_id: str) -> Locator:
        """A document that this phone was handed."""
        return self.screen.locator(f'.cl-cards > li[data-doc="{doc_id}"]')

    def grade(self, doc_id: str, grade: int) -> None:
        """Grade a document, and wait until the phone has heard that it counts."""
        button = self.document(doc_id).locator(f"[data-grade='{grade}']")
        with self.visit.page.expect_response("**/answer") as answered:
            button.click()
        assert answered.value.ok
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(self.document(doc_id).and_(self.screen.locator(".cl-done"))).to_have_count(1)

    def judge_all(self, grade_of: Callable[[str], int]) -> list[str]:
        """Judge whatever it is handed; the documents in their order."""
        done: list[str] = []
        more = self.screen.get_by_role("button", name="Judge another one")
        while True:
            expect(self.card.or_(more).or_(self.sent.filter(has_text="Thank you")).first).to_be_visible()
            if not self.card.count():
                return done
            done.append(str(self.card.get_attribute("data-doc")))
            self.grade(done[-1], grade_of(done[-1]))


@dataclass
class Class:
    """A lecturer and what makes phones."""

    lecturer: Lecturer
    make_visit: Callable[..., Visit]
    phones: list[Phone] = field(default_factory=list)

    def make_phone(self, width: int = PHONE_WIDTH, **how: Any) -> Phone:
        """A phone that is not in the class yet."""
        return Phone(self.make_visit(width, touch=True, **how))

    def join(self, count: int = 1, **how: Any) -> list[Phone]:
        """So many more phones in the class."""
        self.phones += [self.make_phone(**how).join(self.lecturer.code) for _ in range(count)]
        return self.phones[-count:]

    def second_lecturer(self, **how: Any) -> Lecturer:
        """Another browser that leads the same class, by the lecturer's own link."""
        return Lecturer(self.make_visit(**how)).lead(self.lecturer.link("Your own link"))


@contextmanager
def class_of(browser: Browser, server: Server, students: int = 3, address: str = IDLE) -> Iterator[Class]:
    """A class on the real server with so many students; every page must have been clean at the end."""
    with ExitStack() as visits:

        def visit(width: int = 1280, **how: Any) -> Visit:
            return visits.enter_context(visiting(browser, server.url, width, **how))

        made = Class(Lecturer(visit()).open(address).start(), visit)
        made.join(students)
        yield made
