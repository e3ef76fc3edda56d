"""What was left out or changed while a corpus was read: counted by kind, and told in a bounded number of sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from searchcore.errors import quoted

MAX_LINES_TOLD = 3
MAX_NUMBERED = 5
MAX_DETAIL_CHARACTERS = 30
MAX_PLAIN = 20


@dataclass(frozen=True, slots=True)
class Kind:
    """Why a row is left out, or what is changed in it, said of one line and of several.

    A row of which something is changed is kept.
    """

    one: str
    many: str
    kept: bool = False


@dataclass(slots=True)
class _Told:
    """The rows of one kind: how many, and the first of them as line and detail."""

    count: int = 0
    first: list[tuple[int, str]] = field(default_factory=list)


class Notes:
    """Collects what happened to the rows of a corpus's files."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[Kind, _Told]] = {}
        self._plain: list[str] = []

    def add(self, file: str, line: int, kind: Kind, detail: object = None) -> None:
        """A row of `file`; `detail` is the value that is to blame."""
        told = self._rows.setdefault(file, {}).setdefault(kind, _Told())
        told.count += 1
        if len(told.first) < MAX_LINES_TOLD:
            told.first.append((line, "" if detail is None else quoted(detail, MAX_DETAIL_CHARACTERS)))

    def say(self, sentence: str) -> None:
        """A sentence about a file as a whole."""
        self._plain.append(sentence)

    def left_out(self, file: str) -> str:
        """The sentence that counts the rows of `file` that were left out and says why; empty where there were none."""
        return next(iter(self._sentences(file, kept=False)), "")

    def sentences(self) -> tuple[str, ...]:
        """All that was noted: of each file what was left out, then what was changed, then files as a whole."""
        told = [sentence for file in self._rows for kept in (False, True) for sentence in self._sentences(file, kept)]
        more = len(self._plain) - MAX_PLAIN
        return (*told, *self._plain[:MAX_PLAIN], *([f"{more:,} more files were passed over."] if more > 0 else []))

    def _sentences(self, file: str, kept: bool) -> Iterator[str]:
        kinds = {kind: told for kind, told in self._rows.get(file, {}).items() if kind.kept == kept}
        count = sum(told.count for told in kinds.values())
        if count:
            rows = f"{count:,} row{'s' * (count > 1)} {'were' if count > 1 else 'was'}"
            what = "kept with a change" if kept else "left out"
            yield f"{file}: {rows} {what}: {'; '.join(_phrase(kind, told) for kind, told in kinds.items())}."


def numbered(what: str, numbers: Sequence[int]) -> str:
    """ "Row 3", "Rows 3, 5, 7, 8, 9 and 20 more": few of them by number."""
    first = ", ".join(f"{number:,}" for number in numbers[:MAX_NUMBERED])
    more = f" and {len(numbers) - MAX_NUMBERED:,} more" if len(numbers) > MAX_NUMBERED else ""
    return f"{what}{'s' if len(numbers) > 1 else ''} {first}{more}"


def _phrase(kind: Kind, told: _Told) -> str:
    """As in "lines 3, 4, 5 and 20 more name queries that are not there ("q7", "q8")"."""
    lines = [f"{line:,}" for line, _ in told.first]
    more = told.count - len(lines)
    last = f"{more:,} more" if more else lines.pop()
    where = f"{', '.join(lines)} and {last}" if lines else last
    details = ", ".join(dict.fromkeys(detail for _, detail in told.first if detail))
    said = f"lines {where} {kind.many}" if told.count > 1 else f"line {where} {kind.one}"
    return f"{said} ({details})" if details else said
