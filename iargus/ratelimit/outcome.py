"""What was decided of one request, and how it is told: in fields, as an error, to metrics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from iargus.errors import RateLimited
from iargus.ratelimit.limit import Fields, HeadersOfOne, HeadersOfTwo, Limit
from iargus.ratelimit.table import Key, count_of, end_of

# Who decided: this host, one worker by itself where they share nothing, or Redis for all hosts.
Backend = Literal["host", "worker", "redis"]
Decided = Callable[[str, Backend, bool], None]


class Outcome(NamedTuple):
    """Of a request that is counted under `first`, or under both: the time in seconds since 1970,
    and the state of each afterwards."""

    first: Key
    second: Key | None
    now_s: int
    state: int
    other: int


class DecisionReporter:
    """Tells outcomes. `second` is the limit that applies beside any other."""

    def __init__(
        self, limits: tuple[Limit, ...], *, second: Limit, decided: Decided | None = None
    ) -> None:
        self._decided = decided
        self._one = {limit.name: HeadersOfOne(limit) for limit in limits}
        self._two = {limit.name: HeadersOfTwo(limit, second) for limit in limits}

    def admitted(self, outcome: Outcome, backend: Backend) -> Fields:
        """The fields of an answer to a request that was admitted."""
        if self._decided is not None:
            self._decided(outcome.first.table.limit.name, backend, True)
            if outcome.second is not None:
                self._decided(outcome.second.table.limit.name, backend, True)
        return self._fields(outcome)

    def refused(self, outcome: Outcome, backend: Backend) -> RateLimited:
        """The error for the one that is used up; the first, where both are."""
        first, second, now_s, state, other = outcome
        key, ends_s = first, end_of(state)
        if second is not None and count_of(state) < first.table.quota:
            key, ends_s = second, end_of(other)
        limit = key.table.limit
        if self._decided is not None:
            self._decided(limit.name, backend, False)
        # A window ends with a full second after the present one: never 0.
        retry_after_s = ends_s - now_s
        return RateLimited(
            f"more than {limit.quota} {limit.what} in {limit.window_s} s; "
            f"retry in {retry_after_s} s",
            limiter=limit.name,
            retry_after_s=retry_after_s,
            headers={name.decode(): value.decode() for name, value in self._fields(outcome)},
        )

    def _fields(self, outcome: Outcome) -> Fields:
        first, second, now_s, state, other = outcome
        left = max(0, first.table.quota - count_of(state))
        left_s = end_of(state) - now_s
        name = first.table.limit.name
        if second is None:
            return self._one[name](left, left_s)
        others = max(0, second.table.quota - count_of(other))
        return self._two[name](left, left_s, others, end_of(other) - now_s)
