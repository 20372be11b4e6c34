"""Exponential back-off: how long to wait after each failure in a row. Pure.

The waits are stored in tables or end with the service, so that a retrying decorator (tenacity,
stamina), which sleeps within the call, fits nowhere here. Without jitter: a host has one of each of
these waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

_MAX_EXPONENT = 60  # beyond it only the float would overflow


@dataclass(frozen=True)
class Backoff:
    """`first_s` after one failure, `factor` times as long after each further one, at most
    `maximum_s`."""

    first_s: float
    maximum_s: float
    factor: float = 2.0

    def after(self, attempts: int) -> float:
        """The seconds to wait after so many failed attempts, of which there is at least one."""
        exponent = min(attempts - 1, _MAX_EXPONENT)
        return min(self.first_s * self.factor**exponent, self.maximum_s)

    def delay(self, attempts: int) -> timedelta:
        """The same as a `timedelta`."""
        return timedelta(seconds=self.after(attempts))
