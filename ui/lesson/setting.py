"""Which lesson is shown: the built-in one, or a lecturer's own."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from ui.lesson.read import MOST_BYTES, LessonError, lesson_from
from ui.lesson.steps import Lesson
from ui.state import Known

VARIABLE = "SEARCHCORE_LESSON"
BUILT_IN = Path(__file__).with_name("lesson.md")
NONE = Lesson("", ())
_log = logging.getLogger(__name__)


def lesson_from_environment(known: Known) -> tuple[Lesson, str]:
    """The lesson, and a sentence where it is not the one that was asked for: what is wrong, and what is shown instead.

    The built-in lesson needs the built-in corpora; where they are not there, there is none.
    """
    given, said = os.environ.get(VARIABLE, "").strip(), ""
    if given:
        # The page never tells a path of the server.
        name = Path(given).name
        try:
            return _read(Path(given), known), ""
        except OSError as error:
            said = f"{name} can’t be read ({error.strerror}); the built-in lesson is shown instead. "
        except LessonError as error:
            said = f"{name} can’t be used: {error} The built-in lesson is shown instead. "
        _log.warning("%s: %s", VARIABLE, said.strip())
    try:
        return _read(BUILT_IN, known), said.strip()
    except LessonError as error:
        return NONE, f"{said}The built-in lesson can’t be shown here: {error}"


def _read(path: Path, known: Known) -> Lesson:
    with path.open("rb") as file:
        return lesson_from(file.read(MOST_BYTES + 1), known)
