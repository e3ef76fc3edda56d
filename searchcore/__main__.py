"""`python -m searchcore`: check a corpus, bring films in, embed a corpus, and print a handout before a class."""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

from searchcore.errors import Cancelled, SearchError
from searchcore.types import ELSEWHERE, Progress

if TYPE_CHECKING:
    from searchcore.engine import Engine
    from searchcore.running import Work

UNUSABLE = 1
FAILED = 2
INTERRUPTED = 130
TERMINAL_SECONDS = 0.2
LOG_SECONDS = 5.0
GRACE_SECONDS = 1.0  # after a Ctrl-C, for writing down what is done
LOOK_SECONDS = 0.2  # how long a Ctrl-C may go unnoticed


class ProgressLine:
    """What is going on, on stderr: one line rewritten on a terminal, now and then a new line in a log."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._shown = float("-inf")
        self._width = 0

    def show(self, text: str, *, last: bool = False) -> None:
        """Show `text`, unless something was shown a moment ago; the last one is always shown."""
        now = time.monotonic()
        if not last and now - self._shown < (TERMINAL_SECONDS if self._terminal else LOG_SECONDS):
            return
        self._shown = now
        end = "\n" if last or not self._terminal else ""
        print(("\r" + text.ljust(self._width) if self._terminal else text), end=end, file=sys.stderr, flush=True)
        self._width = len(text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0, 2 after an error told in a sentence, 130 after Ctrl-C.

    `check` returns 1 for what can't be used.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return 0
    try:
        code: int = options.command(options)
        return code
    except SearchError as error:
        print(f"\n{error}" if sys.stderr.isatty() else error, file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m searchcore", description=__doc__)
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(title="commands")

    check = commands.add_parser("check", help="say what of a corpus would be kept and left out, and why")
    check.add_argument("folder", type=Path, metavar="FOLDER", help="a corpus in BEIR layout, or a folder of several")
    check.set_defaults(command=_check)

    tmdb = commands.add_parser("import-tmdb", help="make a corpus of the TMDB archives of AI-Powered Search")
    tmdb.add_argument("movies", type=Path, metavar="MOVIES", help="movies.tgz, which holds tmdb.json")
    tmdb.add_argument("judgements", type=Path, metavar="JUDGEMENTS", help="judgments.tgz, which holds the grades")
    tmdb.add_argument("--to", type=Path, metavar="FOLDER", required=True, help="the corpus folder to make")
    tmdb.set_defaults(command=_import_tmdb)

    embed = commands.add_parser("embed", help="embed a corpus into the cache; an interrupted run goes on later")
    embed.add_argument("corpus", metavar="CORPUS", help="name of a built-in corpus, or of one in SEARCHCORE_CORPORA")
    embed.add_argument("--encoder", metavar="MODEL", help="the bi-encoder, if not the default one")
    embed.set_defaults(command=_embed)

    handout = commands.add_parser("handout", help="make the lesson as one page to print, with this machine's results")
    handout.add_argument("--to", type=Path, metavar="FILE", default=Path("handout.html"), help="the page to make")
    handout.set_defaults(command=_handout)
    return parser


def _check(options: argparse.Namespace) -> int:
    from searchcore.corpora.check import check_folder

    lines, usable = check_folder(options.folder)
    for line in lines:
        print(line)
    return 0 if usable else UNUSABLE


def _import_tmdb(options: argparse.Namespace) -> int:
    from searchcore.corpora.tmdb import import_tmdb

    line = ProgressLine()
    report = import_tmdb(
        options.movies,
        options.judgements,
        options.to,
        lambda done, total: line.show(f"Reading the films: {done / max(total, 1):.0%}"),
    )
    line.show(
        f"{report.films:,} films ({report.films_left_out:,} left out), {report.queries:,} queries and "
        f"{report.judgements:,} judgements ({report.judgements_left_out:,} left out) are in {report.folder}.",
        last=True,
    )
    return 0


def _embed(options: argparse.Namespace) -> int:
    from searchcore.engine import Engine

    began = time.monotonic()
    engine = Engine()
    if options.corpus not in engine.corpora:
        for problem in engine.problems:
            print(problem, file=sys.stderr)
    line = ProgressLine()
    try:
        index = _carried_out(engine, engine.index(options.corpus, options.encoder), line)
    except Cancelled:
        line.show("Stopped. What is done is kept; the same command goes on from there.", last=True)
        return INTERRUPTED
    line.show(
        f"{len(index):,} documents are embedded, {index.vectors([0]).shape[1]} numbers each, "
        f"in {_duration(time.monotonic() - began)}.",
        last=True,
    )
    return 0


def _handout(options: argparse.Namespace) -> int:
    from searchcore.engine import Engine

    try:
        # A handout is a page, so the demo makes it; nothing else here knows the demo.
        made = importlib.import_module("ui.lesson.handout")
    except ModuleNotFoundError as error:
        print(f"A handout is made by the demo; please run this in its folder ({error.name} is not here).")
        return FAILED
    engine, line = Engine(), ProgressLine()
    try:
        page, note = _carried_out(engine, made.handout_here(engine), line)
        options.to.write_bytes(page)
    except Cancelled:
        line.show("Stopped. No handout was written.", last=True)
        return INTERRUPTED
    except OSError as error:
        line.show(f"{options.to} can't be written: {error.strerror}.", last=True)
        return FAILED
    if note:
        line.show(note, last=True)
    line.show(f"The handout is {options.to}; open it in a browser to print it.", last=True)
    return 0


def _carried_out(engine: Engine, work: Work[Any], line: ProgressLine) -> Any:
    """The result of `work`, whose steps the line tells. Raises Cancelled a moment after a Ctrl-C."""
    from searchcore.running import Pause

    last_moment = float("inf")
    with _interrupts() as interrupts:
        try:
            while True:
                step = next(work)
                if interrupts:
                    engine.close()
                    last_moment = min(last_moment, time.monotonic() + GRACE_SECONDS)
                if time.monotonic() > last_moment:  # a model that is being loaded can't be stopped
                    raise Cancelled("The work was stopped.")
                if isinstance(step, Pause):
                    step.job.wait_beyond(step.version, LOOK_SECONDS)
                elif isinstance(step, Progress):
                    # What is said once must not be passed over because something was said a moment ago.
                    line.show(_told(step), last=step.activity == ELSEWHERE)
        except StopIteration as stop:
            return stop.value


@contextmanager
def _interrupts() -> Iterator[list[int]]:
    """Collect the first Ctrl-C, so that the work can stop in order; a second one stops it at once."""
    seen: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        seen.append(number)
        signal.signal(number, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield seen
    finally:
        signal.signal(signal.SIGINT, before)


def _told(progress: Progress) -> str:
    if progress.activity == ELSEWHERE:
        return f"Another process is embedding {progress.subject}; waiting for it ..."
    if progress.activity != "embedding" or not progress.total:
        return f"{progress.activity.capitalize()} {progress.subject} ..."
    left = "" if progress.seconds_left is None else f", {_duration(progress.seconds_left)} left"
    return f"Embedding {progress.subject}: {progress.done:,} of {progress.total:,}{left}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _end(code: int) -> NoReturn:
    """End without taking the interpreter down, which crashes while a thread loads a model or computes."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    _end(main())
