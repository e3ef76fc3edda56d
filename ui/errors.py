"""Where errors become sentences: expected ones as they are, unexpected ones logged and apologised for."""

from __future__ import annotations

import logging
import secrets

from searchcore.errors import SearchError

log = logging.getLogger("searchcore.ui")
UNEXPECTED = "Something went wrong inside the demo, and it has been noted in its log as {}; please try again."
ID_BYTES = 4
STOPPING = "The server is being stopped; please try again when it is back."


class Stopping(SearchError):
    """The server is about to end, and what is not done with it."""


def sentence_for(error: Exception) -> str:
    """What a student reads. An error that nobody foresaw goes to the log with its trace, under an id that both name."""
    if isinstance(error, SearchError):
        return str(error)
    name = secrets.token_hex(ID_BYTES)
    log.error("unexpected error %s", name, exc_info=error)
    return UNEXPECTED.format(name)
