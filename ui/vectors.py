"""A vector engine: whether the setting names one that there can be, before anything slow."""

from __future__ import annotations

import os


def check_vector_engine() -> None:
    """Raise SystemExit with a sentence where SEARCHCORE_INDEX can't be used."""
    if not os.environ.get("SEARCHCORE_INDEX"):
        return
    # Half a second, for those alone who have it set.
    from searchcore import InvalidInput
    from searchcore.index import index_address

    try:
        index_address()
    except InvalidInput as error:
        raise SystemExit(str(error)) from None
