"""Status lines: what is going on, what came of it, and what went wrong, in words."""

from __future__ import annotations

from markupsafe import Markup

from searchcore.types import Progress
from ui import words
from ui.draw.template import fill
from ui.runner import Outcome, View

STOPPED = "Stopped. What was shown before is kept."


def info(sentence: str | Markup) -> Markup:
    """A plain sentence."""
    return fill('<p class="ss-status">{}</p>', sentence)


def error(sentence: str) -> Markup:
    """A sentence about something that went wrong, read out at once by a screen reader."""
    return fill('<p class="ss-status ss-error" role="alert">{}</p>', sentence)


def working(progress: Progress) -> Markup:
    """A sentence and, where the amount is known, a bar. It changes often, so a screen reader does not follow it."""
    bar = Markup("")
    if progress.total and progress.activity != "waiting":
        bar = fill('<progress value="{}" max="{}" aria-hidden="true"></progress>', progress.done, progress.total)
    return fill('<p class="ss-status ss-working" aria-live="off">{}{}</p>', words.progress_sentence(progress), bar)


def begun() -> Markup:
    """What is said while nothing more is known."""
    return Markup('<p class="ss-status ss-working" aria-live="off">Working …</p>')


def line(view: View, done: str | Markup) -> Markup:
    """The status line of a view: `done` once it is."""
    if view.outcome is Outcome.DONE:
        return info(done)
    if view.outcome is Outcome.STOPPED:
        return info(STOPPED)
    if view.outcome is not Outcome.WORKING:
        return error(view.sentence)
    return working(view.progress) if view.progress is not None else begun()
