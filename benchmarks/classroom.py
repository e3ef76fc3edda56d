"""A class together: three hundred phones in one room answer within ten seconds, question after question.

Meanwhile thirty visitors search as in class_of_thirty. The same thirty, with the same queries and pauses, on a server
that was started anew with the same cache, search before and after that without a class: what they wait is compared.
The class and the searchers are two more processes on the same machine, and so take their share of it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from itertools import islice
from statistics import median

from benchmarks.class_of_thirty import Answers, answered, ask_all
from benchmarks.machine import machine
from benchmarks.page_client import PageClient
from benchmarks.peer import CORPUS
from benchmarks.percentiles import percentile, shown
from benchmarks.questions import Question, class_plan, unseen
from benchmarks.served import OURS, REPOSITORY, filled_cache, served
from searchcore.corpora import find_corpora
from ui.search.prepared import examples

MOST_SECONDS = 300
Times = dict[str, list[float]]
Plan = list[list[Question]]


def main(students: int = 300, searchers: int = 30, queries: int = 4, seconds: int = 10, questions: int = 2) -> None:
    """Print what the class and the searchers waited; `seconds` are those within which everybody answers."""
    corpus = find_corpora()[0][CORPUS]
    print(f"\n{machine()}")
    own = unseen([document.passage for document in corpus.documents], seed=students)
    plan = class_plan(searchers, queries, examples(corpus), own, seed=searchers)
    asked = list(islice(own, questions))
    before = one_run(plan)
    heard: Times = {}
    during = one_run(plan, asked, students, seconds, heard)
    after = one_run(plan)
    print(f"\n{students} students answer within {seconds} s, {questions} questions, while {searchers} search")
    print(f"  from POST to counted      {shown(heard['counted'])}")
    print(f"  from the reveal to phones {shown(heard['revealed'])}")
    print(f"  a question is prepared    {shown(heard['asked'])}")
    report(before, during, after)


def one_run(
    plan: Plan, asked: Sequence[str] = (), students: int = 0, seconds: int = 0, heard: Times | None = None
) -> Answers:
    """What the searchers were answered by a server of their own, with a class in it or without one.

    What the class measured goes into `heard`.
    """
    with served(OURS, filled_cache()) as app:
        app.wait_for_page()
        PageClient(app.port).wait_until_ready()
        if heard is None:
            return ask_all(app, plan)
        command = [sys.executable, "-m", "benchmarks.room", str(app.port), str(students), str(seconds)]
        room = subprocess.Popen(
            command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        try:
            assert room.stdin is not None and room.stdout is not None
            if room.stdout.readline() != "joined\n":
                raise RuntimeError("the class could not join")
            room.stdin.write("".join(f"{query}\n" for query in asked))
            room.stdin.flush()
            answers = ask_all(app, plan)
            heard.update(json.loads(room.communicate(timeout=MOST_SECONDS)[0]))
            return answers
        finally:
            room.kill()
            room.wait()


def report(before: Answers, during: Answers, after: Answers) -> None:
    """Print what the searchers waited, and how many times as long with a class as without."""
    for name, answers in (("before", before), ("with the class", during), ("after", after)):
        failed = len(answers) - len(answered(answers))
        print(f"  {len(answers)} searches {name}, {failed} without an answer")
        for part in ("first", "whole"):
            print(f"    {part:6} {shown([answer[part] for answer in answered(answers)])}")
    for part in ("first", "whole"):
        for share in (50, 95):
            alone = median(percentile([each[part] for each in answered(run)], share) for run in (before, after))
            together = percentile([each[part] for each in answered(during)], share)
            print(f"  {part} p{share}: {together / alone:.2f} x as long with the class", flush=True)


if __name__ == "__main__":
    main()
