"""The page's parts by name, and how each control makes a new state for the runner: the one way in."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, TypeVar

import gradio as gr

from searchcore.errors import ModelUnavailable, SearchError
from ui.callers import visit_of
from ui.draw import status
from ui.runner import Drawn, Outcome, Runner
from ui.state import SEARCH, Known, PageState

P = TypeVar("P")
# No overlay of Gradio's, no queue between users, not listed as endpoints; a second press counts while the first runs.
QUIET: dict[str, Any] = {"show_progress": "hidden", "concurrency_limit": None, "api_visibility": "private"}
MOST_NAMED = 8
MODELS = ("encoder", "scorer", "matcher")
# The page's script and the server tell each other the state: a new one is followed by the browser's address bar, and
# Back, Forward and what the script changes by itself come back.
ADDRESS_SCRIPT = """
watch("value", () => window.dispatchEvent(new CustomEvent("ss-address", { detail: props.value })));
window.addEventListener("ss-set", (event) => { props.value = event.detail; });
window.addEventListener("ss-open", (event) => trigger("select", { address: event.detail }));
"""


@dataclass(frozen=True, slots=True)
class Control:
    """A part that shows one field of the state. `read` makes the field's value of the part's, `show` the reverse.

    With `look`, it follows the field only while the state looks at that section.
    """

    field: str
    part: Any
    read: Callable[[Any], Any] = lambda value: value
    show: Callable[[Any], Any] = lambda value: gr.update(value=value)
    look: str = ""


class Wiring:
    """While the page is laid out, parts are added and triggers told how they change the state; `connect` does the rest.

    The state itself travels as its address in a part that nobody sees, so that the server keeps nothing of a page.
    `settled` fills in what an address leaves open. `public` is where others can open the page, empty where nobody else
    can.
    """

    def __init__(
        self,
        runner: Runner,
        known: Known,
        settled: Callable[[PageState], PageState] = lambda state: state,
        public: str = "",
    ) -> None:
        self.public = public
        self._settled = settled
        self.parts: dict[str, Any] = {}
        self.controls: list[Control] = []
        self._runner = runner
        self._known = known
        self._connections: list[Callable[[], Any]] = []

    def later(self, connection: Callable[[], Any]) -> None:
        """Do this once all parts are there."""
        self._connections.append(connection)

    def part(self, name: str, component: P) -> P:
        """Name a part, so that drawings can give it new values."""
        self.parts[name] = component
        return component

    def control(self, control: Control) -> Control:
        """Let a part follow a field of the state."""
        self.controls.append(control)
        self.parts.setdefault(str(control.part.elem_id), control.part)
        return control

    def ask(
        self,
        triggers: Sequence[Any],
        reads: Sequence[Control] = (),
        *,
        sent: Sequence[Any] = (),
        change: Callable[..., PageState] = lambda state: state,
        event: bool = False,
        turn: bool = False,
        **fixed: Any,
    ) -> None:
        """On `triggers`, make a new state and run it.

        It differs from the page's by the fields `fixed`, by what the controls `reads` hold, and by what `change`
        makes of it, which also gets the values of the parts `sent` and, with `event`, the event's data. `turn`
        opens the state's tab.
        """

        def make(address: str, values: Sequence[Any], data: Sequence[Any]) -> tuple[PageState, PageState]:
            before = self._state(address)
            changes = {control.field: control.read(v) for control, v in zip(reads, values, strict=False)}
            return before, change(before.with_changes(**{**fixed, **changes}), *values[len(reads) :], *data)

        async def handler(request: gr.Request, address: str, *values: Any) -> AsyncGenerator[Drawn, None]:
            async with aclosing(self._show(request, lambda: make(address, values, ()), reads, turn)) as shown:
                async for drawn in shown:
                    yield drawn

        async def event_handler(
            request: gr.Request, data: gr.EventData, address: str, *values: Any
        ) -> AsyncGenerator[Drawn, None]:
            async with aclosing(self._show(request, lambda: make(address, values, (data,)), reads, turn)) as shown:
                async for drawn in shown:
                    yield drawn

        self._connections.append(
            lambda: gr.on(
                list(triggers),
                event_handler if event else handler,
                [self.parts["address"], *(control.part for control in reads), *sent],
                list(self.parts.values()),
                trigger_mode="multiple",
                **QUIET,
            )
        )

    def glance(self, triggers: Sequence[Any], draw: Callable[[PageState], Drawn]) -> None:
        """On `triggers`, draw what is known already: nothing is run for it, and what runs is left alone."""

        def handler(address: str) -> Drawn:
            return self._by_part(draw(self._state(address)) or {"note": gr.skip()})

        self.later(lambda: gr.on(list(triggers), handler, self.parts["address"], list(self.parts.values()), **QUIET))

    def open_address(self, page: gr.Blocks) -> None:
        """Show the state that the page's address describes, and say what of the address is not used."""

        async def load(request: gr.Request) -> AsyncGenerator[Drawn, None]:
            async with aclosing(self._open(request, PageState(), str(request.query_params or ""))) as shown:
                async for drawn in shown:
                    yield drawn

        async def reopen(request: gr.Request, data: gr.EventData, address: str) -> AsyncGenerator[Drawn, None]:
            sent = getattr(data, "address", "")
            opened = self._open(request, self._state(address), sent if isinstance(sent, str) else "")
            async with aclosing(opened) as shown:
                async for drawn in shown:
                    yield drawn

        address = self.parts["address"] = gr.HTML("", elem_id="address", visible="hidden", js_on_load=ADDRESS_SCRIPT)
        parts = self.parts
        self.later(lambda: page.load(load, None, list(parts.values()), **QUIET))
        self.later(lambda: address.select(reopen, address, list(parts.values()), trigger_mode="multiple", **QUIET))

    def stop(self, button: gr.Button) -> None:
        """Let a button end the page's run, however it was started."""

        async def handler(request: gr.Request) -> None:
            self._runner.stop(request.session_hash or "")

        self._connections.append(lambda: button.click(handler, None, None, queue=False, **QUIET))

    def connect(self) -> None:
        """Wire every trigger to every part, once all parts are there."""
        for connection in self._connections:
            connection()

    async def _open(self, request: gr.Request, before: PageState, address: str) -> AsyncGenerator[Drawn, None]:
        """Show the state of an address: its search, and then what it looks at in another tab."""
        state, ignored = PageState.from_query(address, self._known)
        note, state = _not_used(ignored) if ignored else "", self._settled(state)
        elsewhere = [state] if state.tab != SEARCH and state.look else []
        for each in [state.with_changes(tab=SEARCH, look=""), *elsewhere]:
            async with aclosing(self._show(request, lambda: (before, state), (), True, note, each)) as shown:
                async for drawn in shown:
                    yield drawn

    async def _show(
        self,
        request: gr.Request,
        make: Callable[[], tuple[PageState, PageState]],
        read: Sequence[Control],
        turn: bool,
        note: str = "",
        run: PageState | None = None,
    ) -> AsyncGenerator[Drawn, None]:
        """Make a new state, let the page follow it, and run it (or `run`, a part of it)."""
        try:
            before, state = make()
        except SearchError as error:  # no state, so no section to say it in
            yield self._by_part({"note": str(status.error(str(error)))})
            return
        yield self._by_part({"note": note, **self._following(before, state, read, turn)})
        async with aclosing(self._runner.views(visit_of(request), run or state)) as views:
            async for view, drawn in views:
                if view.outcome is Outcome.FAILED and isinstance(view.error, ModelUnavailable):
                    # The model that was in use before stays in use.
                    kept = state.with_changes(**{role: getattr(before, role) for role in MODELS})
                    drawn.update(self._following(state, kept, (), False))
                yield self._by_part(drawn)

    def _state(self, address: str) -> PageState:
        return PageState.from_query(address if isinstance(address, str) else "", self._known)[0]

    def _following(self, before: PageState, state: PageState, read: Sequence[Control], turn: bool) -> Drawn:
        """The address, and a new value for each control that follows a changed field and was not read just now."""
        changed = state.changed_from(before)
        # Where nothing has changed, what the browser did meanwhile (another tab) stands.
        drawn: Drawn = {"address": state.to_query()} if changed else {}
        if turn and "tab" in changed:
            drawn["tabs"] = gr.Tabs(selected=state.tab)
        for control in self.controls:
            if control.field in changed and control not in read and control.look in ("", state.look):
                drawn[str(control.part.elem_id)] = control.show(getattr(state, control.field))
        return drawn

    def _by_part(self, drawn: Drawn) -> Drawn:
        return {self.parts[name]: value for name, value in drawn.items()}


def whole(number: Any) -> Any:
    """A slider's number as a whole one; anything else as it is, for the state to refuse."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


def chosen(examples: Sequence[P], number: Any) -> P:
    """The example whose chip was clicked; the first one for what is no number of a chip."""
    return examples[number if isinstance(number, int) and 0 <= number < len(examples) else 0]


def click_sends(attribute: str, names: dict[str, str]) -> str:
    """Script for gr.HTML: a click on an element with `attribute` triggers "select".

    `names` says what is sent: a field for each selector and data attribute, as in {"doc": ".ss-hit|doc"},
    read from the nearest element around the click that matches the selector.
    """
    fields = ", ".join(
        f'{field}: target.closest("{selector}").dataset.{attribute_name}'
        for field, (selector, attribute_name) in ((f, place.split("|")) for f, place in names.items())
    )
    return (
        'element.addEventListener("click", (event) => {'
        f' const target = event.target.closest("{attribute}");'
        f' if (target) trigger("select", {{ {fields} }});'
        " });"
    )


def sends(event: str) -> str:
    """Script for gr.HTML: an event of that name from the page's script triggers "select" with its detail."""
    return f'element.addEventListener("{event}", (event) => trigger("select", event.detail));'


def _not_used(ignored: Sequence[str]) -> str:
    return str(status.info(f"Not used from the address: {'; '.join(ignored[:MOST_NAMED])}."))
