"""Percentiles of measured times, and how they are printed."""

from __future__ import annotations

import math
from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of `values` that at least `share` percent of them do not exceed. Raises ValueError for none."""
    if not values:
        raise ValueError("values must not be empty.")
    if not 0 < share <= 100:
        raise ValueError(f"share must be above 0 and at most 100, got {share}.")
    return sorted(values)[math.ceil(len(values) * share / 100) - 1]


def shown(seconds: Sequence[float]) -> str:
    """Median and 95th percentile of times, in milliseconds; "none" where there are none."""
    if not seconds:
        return "none"
    return f"p50 {percentile(seconds, 50) * 1000:7,.0f} ms, p95 {percentile(seconds, 95) * 1000:7,.0f} ms"


def show_ratio(name: str, ours: float, peer: float) -> None:
    """Print how many times as long the peer took."""
    print(f"  {name}: {ours:.3f} s, the peer {peer:.3f} s: {peer / ours:.2f} x as fast", flush=True)
