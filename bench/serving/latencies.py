"""What the open loop of `bench/serving` has seen, in a few numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Latencies:
    """Seconds from due to answered. Those who were `unanswered` at the end count as long as they
    had waited then, which is too little. `late` is how late the client itself was, at worst but
    for one in a hundred."""

    p50: float
    p99: float
    longest: float
    asked: int
    failed: int
    unanswered: int
    late: float


def summary(
    answered: Sequence[float], unanswered: Sequence[float], lateness: Sequence[float], failed: int
) -> Latencies:
    """Of seconds from due to answered, or to the end; and how late each was sent at best."""
    found = sorted([*answered, *unanswered])
    return Latencies(
        p50=_quantile(found, 0.5),
        p99=_quantile(found, 0.99),
        longest=found[-1],
        asked=len(found),
        failed=failed,
        unanswered=len(unanswered),
        late=_quantile(sorted(lateness), 0.99),
    )


def _quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]
