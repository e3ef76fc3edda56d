"""What Gradio keeps of each page that is open: no more than the calls of this page need."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from gradio.blocks import Blocks
from gradio.state_holder import SessionState, StateHolder


class Session(SessionState):  # type: ignore[misc]
    """Without the copy of every part's configuration and value, which serves links of Gradio's own alone.

    Making it took as long as a search, for every page that opened, and a third of a megabyte.
    """

    def __init__(self, blocks: Blocks) -> None:
        super().__init__(SimpleNamespace(default_config=blocks.default_config, blocks=()))

    def __setitem__(self, key: int, value: Any) -> None:
        # The page has no gr.State, of which more would have to be kept.
        self.blocks_config.blocks[key] = value

    def _update_config(self, key: int) -> None:
        """Nothing is kept."""

    def _update_value_in_config(self, key: int, value: Any) -> None:
        """Nothing is kept."""


class Sessions(StateHolder):  # type: ignore[misc]
    """As many as `blocks` allows; whoever came longest ago is the first to go, and is made anew when they ask again."""

    def __init__(self, blocks: Blocks) -> None:
        super().__init__()
        self.set_blocks(blocks)

    def __getitem__(self, session_id: str) -> SessionState:
        if session_id not in self.session_data:
            self.session_data[session_id] = Session(self.blocks)
        return super().__getitem__(session_id)
