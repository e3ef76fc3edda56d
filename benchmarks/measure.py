"""Two pieces of work measured in turn, and the ratio of their times."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Seconds of `ours` and of `peer`, round by round."""

    ours: tuple[float, ...]
    peer: tuple[float, ...]

    @property
    def ratios(self) -> list[float]:
        """How many times as long the peer took, in each round."""
        return [peer / ours for ours, peer in zip(self.ours, self.peer, strict=True)]

    def show(self, ours_name: str, peer_name: str) -> None:
        """Print both medians, the median ratio, and the lowest and highest ratio."""
        ratios = self.ratios
        print(f"  {statistics.median(self.ours):8.3f} s  {ours_name}")
        print(f"  {statistics.median(self.peer):8.3f} s  {peer_name}")
        print(
            f"  {statistics.median(ratios):8.2f} x  as fast "
            f"(median of {len(ratios)} rounds, {min(ratios):.2f} to {max(ratios):.2f})",
            flush=True,
        )


def in_turn(ours: Work, peer: Work, rounds: int) -> Comparison:
    """Measure ours, peer, ours, peer, ...: what slows the machine for a while slows both."""
    pairs = [(seconds(ours), seconds(peer)) for _ in range(rounds)]
    return Comparison(tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs))


def seconds(work: Work) -> float:
    """The wall-clock time of one run."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
