"""Where errors become sentences: expected ones as they are, unexpected ones logged and apologised for."""

from __future__ import annotations

import logging

from searchcore.errors import SearchError

log = logging.getLogger("searchcore.ui")
UNEXPECTED = "Something went wrong inside the demo, and it has been noted in its log; please try again."
STOPPING = "The server is being stopped; please try again when it is back."


class Stopping(SearchError):
    """The server is about to end, and what is not done with it."""


def sentence_for(error: Exception) -> str:
    """What a student reads. An error that nobody foresaw goes to the log with its trace, not to the page."""
    if isinstance(error, SearchError):
        return str(error)
    log.error("unexpected error", exc_info=error)
    return UNEXPECTED
