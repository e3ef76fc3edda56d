"""What the tabs share: long work with a status line and a Stop button, and choices of a model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, TypeVar

import gradio as gr
from markupsafe import Markup

from searchcore.engine import Engine
from searchcore.models import CATALOGUE
from searchcore.types import Progress, Stage
from ui import text
from ui.errors import sentence_for
from ui.events import QUIET
from ui.render import status

T = TypeVar("T")
STOPPED = "Stopped. What was shown before is kept."


@dataclass(frozen=True, slots=True)
class Work:
    """A button that starts long work, one that stops it, a line that says how far it is, and what came of it."""

    start: gr.Button
    stop: gr.Button
    line: gr.HTML
    report: gr.HTML


def lay_out_work(name: str, label: str, invitation: str) -> Work:
    """The four parts below each other; `name` begins their element ids."""
    with gr.Row():
        start = gr.Button(label, variant="primary", elem_id=f"{name}-run", scale=0, min_width=300)
        stop = gr.Button("Stop", visible=False, elem_id=f"{name}-stop", scale=0, min_width=90)
    return Work(start, stop, live_line(f"{name}-status", invitation), html(f"{name}-report"))


def html(elem_id: str, value: Markup | str = "") -> gr.HTML:
    """A place for markup of ui.render."""
    return gr.HTML(str(value), elem_id=elem_id, elem_classes="ss", js_on_load=None)


def live_line(elem_id: str, sentence: str) -> gr.HTML:
    """A status line that a screen reader follows."""
    return gr.HTML(str(status.info(sentence)), elem_id=elem_id, elem_classes="ss ss-live", js_on_load=None)


def wire_work(
    work: Work,
    begin: Callable[..., Stage[T]],
    show: Callable[[T], tuple[Any, ...]],
    inputs: Sequence[Any],
    also: Sequence[Any] = (),
    triggers: Sequence[Any] = (),
    after: Sequence[Any] = (),
) -> None:
    """Run `begin(*inputs)` on a click, on `triggers`, and when the events `after` have succeeded.

    `show` gives a sentence, the report, and a value for each of `also`.
    """

    def run(*given: Any) -> Iterator[tuple[Any, ...]]:
        yield from followed(lambda: begin(*given), show, 1 + len(also))

    outputs = [work.line, work.stop, work.report, *also]
    running = gr.on([work.start.click, *triggers], run, list(inputs), outputs, trigger_mode="once", **QUIET)
    following = [event.success(run, list(inputs), outputs, **QUIET) for event in after]
    wire_stop(work.stop, work.line, [running, *following])


def wire_stop(stop: gr.Button, line: gr.HTML, running: list[Any]) -> None:
    """Let a Stop button cancel the events `running`."""
    # First the cancelling, then the word: the last progress of what ran must not come after it.
    stop.click(None, cancels=running, queue=False, api_visibility="private").then(
        lambda: (str(status.info(STOPPED)), gr.update(visible=False)), outputs=[line, stop], **QUIET
    )


def followed(
    begin: Callable[[], Stage[T]], show: Callable[[T], tuple[Any, ...]], reports: int
) -> Iterator[tuple[Any, ...]]:
    """Status line, Stop button and `reports` further values after every step; an error becomes its sentence."""
    unchanged = (gr.skip(),) * reports
    try:
        # Closing the steps, when this generator is cancelled, gives up what is not done.
        with closing(begin()) as steps:
            while True:
                try:
                    progress = next(steps)
                except StopIteration as end:
                    made: T = end.value
                    break
                yield str(_working(progress)), gr.update(visible=True), *unchanged
        sentence, *values = show(made)
        yield str(status.info(sentence)), gr.update(visible=False), *values
    except Exception as error:
        yield str(status.error(sentence_for(error))), gr.update(visible=False), *unchanged


def _working(progress: Progress) -> Markup:
    if progress.stage == "embedding" and progress.subject in CATALOGUE:
        read = f"{text.short_name(progress.subject)} has read {progress.done} of {text.count(progress.total, 'text')} …"
        return status.info(read)
    return status.working(progress)


def model_choice(
    engine: Engine, names: Sequence[str], label: str, elem_id: str, before: Sequence[tuple[str, str]] = ()
) -> gr.Dropdown:
    """A choice between models by name, after the choices `before`; those that have to be fetched first say so."""
    named = [
        (name if engine.models.catalogue[name].bundled else f"{name} (needs the Hugging Face Hub)", name)
        for name in names
    ]
    choices = [*before, *named]
    return gr.Dropdown(choices, value=choices[0][1], label=label, filterable=False, elem_id=elem_id)
