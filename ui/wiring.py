"""The page's parts by name, and how each control makes a new state for the runner: the one way in."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from functools import partial
from operator import or_
from typing import Any, TypeVar

import gradio as gr

from searchcore.engine import Engine
from searchcore.errors import ModelUnavailable
from ui.callers import visit_of
from ui.control import Control
from ui.draw import status
from ui.errors import sentence_for
from ui.own.corpora import OwnCorpora, Visitor
from ui.runner import SECONDS_TOGETHER, Drawn, Outcome, Runner
from ui.state import LESSON, SEARCH, Known, PageState
from ui.together import together

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
# The secret of the tab's own corpus, if it has given one: sent with each call, and kept by the browser.
SECRET_SCRIPT = """
// A moment later: a value that is set while the part is made is lost.
setTimeout(() => { props.value = sessionStorage.getItem("own") ?? ""; });
window.addEventListener("ss-own-secret", (event) => { props.value = event.detail; });
"""  # noqa: S105
SENDS_SECRET = '() => [sessionStorage.getItem("own") ?? ""]'  # noqa: S105


class Wiring:
    """While the page is laid out, parts are added and triggers told how they change the state; `connect` does the rest.

    The state itself travels as its address in a part that nobody sees, so that the server keeps nothing of a page.
    `own` holds what visitors have given: what a trigger changes, and what is drawn, gets the visitor whose page it is.
    `settled` fills in what an address leaves open. `public` is where others can open the page, empty where nobody else
    can.
    """

    def __init__(
        self,
        engine: Engine,
        runner: Runner,
        known: Known,
        own: OwnCorpora,
        settled: Callable[[Engine, PageState], PageState] = lambda engine, state: state,
        draw_own: Callable[[Visitor, PageState], Drawn] = lambda visitor, state: {},
        public: str = "",
    ) -> None:
        self.public = public
        self.own = own
        self._engine = engine
        self._settled = settled
        self._draw_own = draw_own
        self.parts: dict[str, Any] = {}
        self.controls: list[Control] = []
        self._followers: list[tuple[str, str, Callable[[Engine, PageState], Any]]] = []
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

    def follow(self, field: str, name: str, draw: Callable[[Engine, PageState], Any]) -> None:
        """Draw a part anew, over what the visitor can search, whenever a field of the state changes."""
        self._followers.append((field, name, draw))

    def ask(
        self,
        triggers: Sequence[Any],
        reads: Sequence[Control] = (),
        *,
        sent: Sequence[Any] = (),
        change: Callable[..., PageState] = lambda visitor, state: state,
        event: bool = False,
        turn: bool = False,
        **fixed: Any,
    ) -> None:
        """On `triggers`, make a new state and run it.

        It differs from the page's by the fields `fixed`, by what the controls `reads` hold, and by what `change`
        makes of it, which gets the visitor and the state, the values of the parts `sent` and, with `event`, the
        event's data. `turn` opens the state's tab.
        """

        async def show(
            request: gr.Request, address: str, secret: str, values: Sequence[Any], data: Sequence[Any]
        ) -> AsyncGenerator[Drawn, None]:
            visitor = self._visitor(request, secret)

            def make() -> tuple[PageState, PageState]:
                before = self._state(address)
                changes = {control.field: control.read(v) for control, v in zip(reads, values, strict=False)}
                asked = before.with_changes(**{**fixed, **changes})
                return before, change(visitor, asked, *values[len(reads) :], *data)

            async with aclosing(self._show(request, secret, make, reads, turn)) as shown:
                async for drawn in shown:
                    yield drawn

        async def handler(request: gr.Request, address: str, secret: str, *values: Any) -> AsyncGenerator[Drawn, None]:
            async with aclosing(self._told(show(request, address, secret, values, ()))) as shown:
                async for drawn in shown:
                    yield drawn

        async def event_handler(
            request: gr.Request, data: gr.EventData, address: str, secret: str, *values: Any
        ) -> AsyncGenerator[Drawn, None]:
            async with aclosing(self._told(show(request, address, secret, values, (_sent(data),)))) as shown:
                async for drawn in shown:
                    yield drawn

        self._connections.append(
            lambda: gr.on(
                list(triggers),
                event_handler if event else handler,
                [*self._always_sent(), *(control.part for control in reads), *sent],
                list(self.parts.values()),
                trigger_mode="multiple",
                **QUIET,
            )
        )

    def glance(
        self, triggers: Sequence[Any], draw: Callable[..., Drawn | Awaitable[Drawn]], *, event: bool = False
    ) -> None:
        """On `triggers`, draw what is known already: nothing is run for it, and what runs is left alone.

        `draw` gets the visitor and the state and, with `event`, the event's data.
        """

        async def shown(request: gr.Request, address: str, secret: str, *data: Any) -> Drawn:
            try:
                made = draw(self._visitor(request, secret), self._state(address), *data)
                drawn = await made if isinstance(made, Awaitable) else made
            except Exception as error:
                drawn = {"note": str(status.error(sentence_for(error)))}
            return self._by_part(drawn or {"note": gr.skip()})

        async def handler(request: gr.Request, address: str, secret: str) -> Drawn:
            return await shown(request, address, secret)

        async def event_handler(request: gr.Request, data: gr.EventData, address: str, secret: str) -> Drawn:
            return await shown(request, address, secret, _sent(data))

        glancing = event_handler if event else handler
        self.later(lambda: gr.on(list(triggers), glancing, self._always_sent(), list(self.parts.values()), **QUIET))

    def open_address(self, page: gr.Blocks) -> None:
        """Show the state that the page's address describes, and say what of the address is not used."""

        async def load(request: gr.Request, secret: str) -> AsyncGenerator[Drawn, None]:
            # The browser may send it after what the visitor has asked for already.
            visit_of(request).number = 0
            opened = self._open(request, secret, PageState(), str(request.query_params or ""))
            async with aclosing(self._told(opened)) as shown:
                async for drawn in shown:
                    yield drawn

        async def reopen(
            request: gr.Request, data: gr.EventData, address: str, secret: str
        ) -> AsyncGenerator[Drawn, None]:
            sent = getattr(_sent(data), "address", "")
            opened = self._open(request, secret, self._state(address), sent if isinstance(sent, str) else "")
            async with aclosing(self._told(opened)) as shown:
                async for drawn in shown:
                    yield drawn

        async def leave(request: gr.Request) -> None:
            self.own.leave(request.session_hash or "")

        address = self.parts["address"] = gr.HTML("", elem_id="address", visible="hidden", js_on_load=ADDRESS_SCRIPT)
        self._secret = gr.HTML("", elem_id="own-secret", visible="hidden", js_on_load=SECRET_SCRIPT)
        parts = self.parts
        # What the hidden part holds may not be there yet when the page opens.
        self.later(lambda: page.load(load, [self._secret], list(parts.values()), js=SENDS_SECRET, **QUIET))
        self.later(
            lambda: address.select(reopen, self._always_sent(), list(parts.values()), trigger_mode="multiple", **QUIET)
        )
        page.unload(leave)

    def stop(self, button: gr.Button) -> None:
        """Let a button end the page's run, however it was started."""

        async def handler(request: gr.Request) -> None:
            self._runner.stop(request.session_hash or "")

        self._connections.append(lambda: button.click(handler, None, None, queue=False, **QUIET))

    def connect(self) -> None:
        """Wire every trigger to every part, once all parts are there."""
        for connection in self._connections:
            connection()

    def _always_sent(self) -> list[Any]:
        """What every call sends: the address of what is shown, and the secret of the tab's own corpus."""
        return [self.parts["address"], self._secret]

    def _visitor(self, request: gr.Request, secret: Any) -> Visitor:
        return self.own.visitor(self._engine, secret, request.session_hash or "")

    async def _open(
        self, request: gr.Request, secret: str, before: PageState, address: str
    ) -> AsyncGenerator[Drawn, None]:
        """Show the state of an address: its search, and then what it looks at in another tab; a lesson comes first."""
        state, ignored = PageState.from_query(address, self._known)
        note, state = _not_used(ignored) if ignored else "", self._settled(self._visitor(request, secret).engine, state)
        searched = state.with_changes(tab=SEARCH, look="") if state.tab != SEARCH else state
        runs = [searched, state] if state.tab != SEARCH and state.look else [searched]
        if state.tab == LESSON:
            runs = [state, searched.with_changes(guess=(), revealed=False)]
        for each in runs:
            opened = self._show(request, secret, partial(lambda was: (was, state), before), (), True, note, each)
            async with aclosing(opened) as shown:
                async for drawn in shown:
                    yield drawn
            before = state  # The page follows the state by now.

    async def _show(
        self,
        request: gr.Request,
        secret: str,
        make: Callable[[], tuple[PageState, PageState]],
        read: Sequence[Control],
        turn: bool,
        note: str = "",
        run: PageState | None = None,
    ) -> AsyncGenerator[Drawn, None]:
        """Make a new state, let the page follow it, and run it (or `run`, a part of it)."""
        before, state = make()
        if self._runner.is_newest(visit_of(request)):
            drawings = self._drawings(request, secret, before, state, read, turn, note, run or state)
            async with aclosing(together(drawings, SECONDS_TOGETHER, or_)) as shown:
                async for drawn in shown:
                    yield self._by_part(drawn)
        yield self._nothing()

    async def _drawings(
        self,
        request: gr.Request,
        secret: str,
        before: PageState,
        state: PageState,
        read: Sequence[Control],
        turn: bool,
        note: str,
        run: PageState,
    ) -> AsyncGenerator[Drawn, None]:
        """How the page follows its new state, and what the run draws."""
        # Asked for again: making the state may have changed what the visitor has.
        visitor = self._visitor(request, secret)
        following = self._following(visitor.engine, before, state, read, turn)
        yield {"note": note, **following, **self._draw_own(visitor, state)}
        async with aclosing(self._runner.views(visit_of(request), visitor.engine, run)) as views:
            async for view, drawn in views:
                if view.outcome is Outcome.FAILED and isinstance(view.error, ModelUnavailable):
                    # The model that was in use before stays in use.
                    kept = state.with_changes(**{role: getattr(before, role) for role in MODELS})
                    drawn.update(self._following(visitor.engine, state, kept, (), False))
                yield drawn

    async def _told(self, drawn: AsyncGenerator[Drawn, None]) -> AsyncGenerator[Drawn, None]:
        """What is drawn; where there is no state, or no section that could say what went wrong, the note says it."""
        try:
            async with aclosing(drawn) as each:
                async for some in each:
                    yield some
        except Exception as error:
            yield self._by_part({"note": str(status.error(sentence_for(error)))})

    def _state(self, address: str) -> PageState:
        return PageState.from_query(address if isinstance(address, str) else "", self._known)[0]

    def _following(
        self, engine: Engine, before: PageState, state: PageState, read: Sequence[Control], turn: bool
    ) -> Drawn:
        """The address, and a new value for each control that follows a changed field and was not read just now."""
        changed = state.changed_from(before)
        # Where nothing has changed, what the browser did meanwhile (another tab) stands.
        drawn: Drawn = {"address": state.to_query()} if changed else {}
        if turn and "tab" in changed:
            drawn["tabs"] = gr.Tabs(selected=state.tab)
        for control in self.controls:
            if control.field in changed and control not in read and control.look in ("", state.look):
                drawn[str(control.part.elem_id)] = control.show(getattr(state, control.field))
        typed = {control.part.elem_id for control in read}
        for field, name, draw in self._followers:
            if field in changed and name not in typed:
                drawn[name] = draw(engine, state)
        return drawn

    def _nothing(self) -> Drawn:
        """What a call ends with, for Gradio says its last words again at its end, and of none empties every part.

        By then a newer call may have drawn what an older one would draw over.
        """
        return self._by_part({"note": gr.skip()})

    def _by_part(self, drawn: Drawn) -> Drawn:
        return {self.parts[name]: value for name, value in drawn.items()}


def _not_used(ignored: Sequence[str]) -> str:
    return str(status.info(f"Not used from the address: {'; '.join(ignored[:MOST_NAMED])}."))


def _sent(data: gr.EventData) -> gr.EventData:
    """An event's data as the page's script sends it, an object; of anything else that is sent, nothing is read."""
    if not isinstance(data._data, dict):
        data._data = {}
    return data
