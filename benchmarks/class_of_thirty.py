"""A class: thirty students at once ask ten queries each by real HTTP, then sixty, then a hundred; the peer's thirty.

Between two queries a student thinks for 3 to 7 seconds; three quarters of the queries are the page's examples, the
others nobody else asks. It begins when the page says that it is ready, with all vectors there and no score; another
run begins with an empty cache folder as soon as there is a page. The students are another process on the same machine,
and so take their share of it. The peer answers thirty so slowly that its students ask three queries each.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.machine import machine
from benchmarks.page_client import PageClient
from benchmarks.peer import CORPUS, PEER, peer_program
from benchmarks.percentiles import percentile, show_ratio, shown
from benchmarks.questions import Question, class_plan, unseen
from benchmarks.served import OURS, REPOSITORY, Served, filled_cache, served
from searchcore import Corpus
from searchcore.corpora import find_corpora
from ui.search.prepared import examples

MOST_SECONDS = 900
LARGER = (60, 100)

Answers = list[dict[str, Any]]


def main(students: int = 30, queries: int = 10, rounds: int = 2, peer_queries: int = 3, larger: int = 1) -> None:
    """Print each class's figures; `larger=0` leaves the classes of sixty and a hundred out."""
    corpus = find_corpora()[0][CORPUS]
    print(f"\n{machine()}")
    cache = filled_cache()
    with peer_program() as peer:
        ours = [
            one_class(f"{students} students, round {i + 1}", corpus, students, queries, cache) for i in range(rounds)
        ]
        theirs = one_class(
            f"{students} students, {peer_queries} queries each, {PEER}", corpus, students, peer_queries, program=peer
        )
        compare(ours, theirs)
        one_class(f"{students} students who come before anything is embedded", corpus, students, queries, ready=False)
        for many in LARGER if larger else ():
            one_class(f"{many} students", corpus, many, queries, cache)


def one_class(
    title: str,
    corpus: Corpus,
    students: int,
    queries: int,
    cache: Path | None = None,
    program: Sequence[str] = OURS,
    *,
    ready: bool = True,
) -> Answers:
    """Serve an app, send a class there, print what it met with and return its answers."""
    print(f"\n{title}", flush=True)
    own = unseen([document.passage for document in corpus.documents], seed=students)
    plan = class_plan(students, queries, examples(corpus), own, seed=students)
    with served(program, cache) as app:
        app.wait_for_page()
        page = PageClient(app.port)
        if ready:
            page.wait_until_ready()
        before = app.memory()
        began = time.perf_counter()
        answers = ask_all(app, plan)
        report(answers, time.perf_counter() - began, before, app.memory())
    return answers


def ask_all(app: Served, plan: Sequence[Sequence[Question]]) -> Answers:
    """What a class, as another process, was answered."""
    sent = json.dumps([[[question.pause, question.query] for question in questions] for questions in plan])
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.students", str(app.port)],
        cwd=REPOSITORY,
        input=sent,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=MOST_SECONDS,
    )
    answers: Answers = json.loads(ran.stdout)
    return answers


def report(answers: Answers, seconds: float, before: tuple[float, int], after: tuple[float, int]) -> None:
    """Print a class's figures."""
    good = answered(answers)
    errors = [answer["error"] for answer in answers if answer["error"]]
    refused = sum(answer["refused"] for answer in answers)
    heard = [answer["ahead"] for answer in good if answer["ahead"]]
    print(f"  {len(answers)} queries, {len({a['query'] for a in answers})} different ones, in {seconds:.0f} s")
    print(f"  {len(errors)} errors{f', the first: {errors[0]}' if errors else ''}; {refused} refused")
    print(f"  first column  {shown([answer['first'] for answer in good])}")
    print(f"  whole search  {shown([answer['whole'] for answer in good])}")
    print(f"  {len(heard)} heard how many are ahead, at most {max(heard, default=0)}")
    print(f"  server: {before[0]:.0f} to {after[0]:.0f} MB resident, {before[1]} to {after[1]} threads", flush=True)


def answered(answers: Answers) -> Answers:
    """Those that came to an end as they should."""
    return [answer for answer in answers if not answer["error"] and not answer["refused"]]


def compare(ours: Sequence[Answers], theirs: Answers) -> None:
    """Print the medians over our rounds beside the peer's."""
    for name, share in (("p50", 50), ("p95", 95)):
        for part in ("first", "whole"):
            rounds = [percentile([answer[part] for answer in answered(each)], share) for each in ours if answered(each)]
            peer = [answer[part] for answer in answered(theirs)]
            if rounds and peer:
                show_ratio(f"{part} {name}", median(rounds), percentile(peer, share))


if __name__ == "__main__":
    main()
