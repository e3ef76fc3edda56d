"""Where errors become sentences: expected ones as they are, unexpected ones logged and apologised for."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import gradio as gr

from searchcore.errors import SearchError

log = logging.getLogger("searchcore.ui")
UNEXPECTED = "Something went wrong inside the demo, and it has been noted in its log; please try again."


def sentence_for(error: Exception) -> str:
    """What a student reads. An error that nobody foresaw goes to the log with its trace, not to the page."""
    if isinstance(error, SearchError):
        return str(error)
    log.error("unexpected error", exc_info=error)
    return UNEXPECTED


@contextmanager
def api_errors() -> Iterator[None]:
    """Turn any error inside into the one plain sentence that an API client receives."""
    try:
        yield
    except Exception as error:
        raise gr.Error(sentence_for(error), print_exception=False) from error
