"""Numbers of predictions: UUIDs of version 7 (RFC 9562 section 5.7).

They begin with the time in milliseconds, so that the database appends to its primary key instead of
writing all over it, and end with 74 random bits, so that nobody guesses another's.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from weakref import WeakMethod

_POOL_IDS = 400
_BYTES = 10


class PredictionIds:
    """Makes numbers; not for several threads at once."""

    def __init__(self) -> None:
        self._random = ""
        self._at = 0
        # Random bytes are fetched for many at a time, and never shared with a forked process.
        os.register_at_fork(after_in_child=_unless_gone(WeakMethod(self._forget)))

    def _forget(self) -> None:
        self._random, self._at = "", 0

    def new(self, count: int) -> list[str]:
        """`count` numbers that were never given before, 36 characters each."""
        digits = 2 * _BYTES
        if self._at + count * digits > len(self._random):
            self._random, self._at = os.urandom(_BYTES * max(count, _POOL_IDS)).hex(), 0
        start, self._at = self._at, self._at + count * digits
        random = self._random
        time_ms = f"{time.time_ns() // 1_000_000:012x}"
        head = f"{time_ms[:8]}-{time_ms[8:]}-7"
        return [
            f"{head}{random[at : at + 3]}-{_VARIANT[random[at + 3]]}{random[at + 4 : at + 7]}-"
            f"{random[at + 7 : at + 19]}"
            for at in range(start, self._at, digits)
        ]


# The first two bits of this digit are 10 (RFC 9562 section 4.1); the other two are random.
_VARIANT = {f"{digit:x}": "89ab"[digit & 3] for digit in range(16)}


def _unless_gone(method: WeakMethod[Callable[[], None]]) -> Callable[[], None]:
    # What is registered stays registered for ever, and shall keep nothing alive.
    def call() -> None:
        bound = method()
        if bound is not None:
            bound()

    return call
