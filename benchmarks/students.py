"""A class, as a process of its own: reads a plan, asks as it says, and prints every answer. See class_of_thirty.

`python -m benchmarks.students PORT < PLAN`: a JSON list of students, each a list of [pause in seconds, query].
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from time import sleep

from benchmarks.page_client import Answer, PageClient


def one_student(port: int, questions: list[tuple[float, str]]) -> list[Answer]:
    """Think, ask, read the answer to its end, and again."""
    answers = []
    page = PageClient(port)
    page.stay()
    for pause, query in questions:
        sleep(pause)
        try:
            answers.append(page.ask(query))
        except OSError as error:  # refused, cut, or no answer in time
            answers.append(Answer(query, error=f"{type(error).__name__}: {error}"))
    page.close()
    return answers


def main() -> None:
    """Let all students ask at the same time."""
    port, plan = int(sys.argv[1]), json.load(sys.stdin)
    with ThreadPoolExecutor(len(plan)) as room:
        classes = room.map(lambda questions: one_student(port, questions), plan)
        json.dump([answer.as_dict() for answers in classes for answer in answers], sys.stdout)


if __name__ == "__main__":
    main()
