"""How often somebody may try: so many times at once, and then again as time goes by."""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Callable
from dataclasses import dataclass

# Of more addresses than these, those that have tried least are forgotten.
MOST_KEYS = 10_000


@dataclass(slots=True)
class _Bucket:
    left: float
    seen: float


class Tries:
    """Tries by key: `burst` of them at once, and one more each `seconds`. Used in one thread."""

    def __init__(self, burst: int, seconds: float, clock: Callable[[], float]) -> None:
        self._burst = burst
        self._seconds = seconds
        self._clock = clock
        self._by_key: dict[str, _Bucket] = {}

    def wait(self, key: str) -> int:
        """The whole seconds until this key may try again; 0 where it may now."""
        left = self._left(key)
        return 0 if left >= 1 else math.ceil((1 - left) * self._seconds)

    def count(self, key: str) -> None:
        """It has tried."""
        left = max(self._left(key) - 1, 0.0)
        self._by_key.pop(key, None)
        self._by_key[key] = _Bucket(left, self._clock())
        if len(self._by_key) > MOST_KEYS:
            del self._by_key[max(self._by_key, key=self._left)]

    def take(self, key: str) -> bool:
        """Try, where that is allowed now; whether it was."""
        allowed = self.wait(key) == 0
        if allowed:
            self.count(key)
        return allowed

    def _left(self, key: str) -> float:
        found = self._by_key.get(key)
        if found is None:
            return float(self._burst)
        return min(found.left + (self._clock() - found.seen) / self._seconds, self._burst)


def network_of(host: str) -> str:
    """What one caller has: an address, or by IPv6 the whole network of which one house has all addresses."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return host
