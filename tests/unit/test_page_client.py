"""What the benchmarks hear of an answer in the page's own messages."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.page_client import Answer, _heard
from searchcore.types import Progress
from ui.draw import status


def message(kind: str, *parts: Any, **more: Any) -> bytes:
    return (
        b"data: " + json.dumps({"msg": kind, "output": {"data": list(parts)}, **more}, separators=(",", ":")).encode()
    )


def heard(*messages: bytes) -> Answer:
    answer = Answer("whale")
    for seconds, each in enumerate(messages, 1):
        _heard(answer, each, seconds)
    return answer


def test_the_first_column_is_the_first_ranking_and_the_whole_is_the_end() -> None:
    ghosts, ranked = '<div class="ss-columns ss-skeleton">', '<div class="ss-columns" data-query="whale">'
    answer = heard(
        message("process_starts"),
        message("process_generating", ghosts),
        message("process_generating", [["replace", [], ranked]]),
        message("process_generating", [["replace", [], ranked]]),
        message("process_completed", success=True),
        message("close_stream"),
    )
    assert (answer.first, answer.whole, answer.error, answer.refused) == (3, 5, "", False)


def test_the_most_that_were_ahead_are_kept() -> None:
    said = [str(status.working(Progress("waiting", "a/model", total=total))) for total in (1_012, 3, 1)]
    assert heard(*(message("process_generating", each) for each in said)).ahead == 1_012


def test_a_refusal_is_told_from_an_error() -> None:
    full = "400 searches are waiting already; please try again in a minute."
    assert heard(message("process_generating", str(status.error(full)))).refused
    broken = heard(message("process_generating", str(status.error("The models could not be loaded."))))
    assert (broken.refused, broken.error) == (False, "The models could not be loaded.")
    assert heard(message("process_completed", success=False)).error
