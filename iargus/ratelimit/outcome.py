"""What was decided about one request, as headers of its answer, as an error, and to the metrics.

The headers are those of draft-ietf-httpapi-ratelimit-headers: `RateLimit-Policy` says what the
limits are (`q` requests in `w` seconds), `RateLimit` what is left of them (`r` requests, and `t`
seconds until all are available again). Where two limits apply, the one with less left comes first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from iargus.errors import RateLimited
from iargus.ratelimit.table import Key, Limit, count_of, end_of

# Who decided: this host, one worker by itself where they share nothing, or Redis for all hosts.
Backend = Literal["host", "worker", "redis"]
Decided = Callable[[str, Backend, bool], None]
# As ASGI wants them: names in lower case.
Fields = list[tuple[bytes, bytes]]


class SingleLimitHeaders:
    """The fields where one limit applies."""

    def __init__(self, limit: Limit) -> None:
        self._policy = b"ratelimit-policy", _policy(limit)
        self._format = _format(limit)

    def __call__(self, remaining: int, resets_in_s: int) -> Fields:
        return [self._policy, (b"ratelimit", self._format % (remaining, resets_in_s))]


class TwoLimitsHeaders:
    """The fields where two limits apply to a request at once."""

    def __init__(self, first: Limit, second: Limit) -> None:
        self._policy = b"ratelimit-policy", _policy(first) + b", " + _policy(second)
        self._first_first = _format(first) + b", " + _format(second)
        self._second_first = _format(second) + b", " + _format(first)

    def __call__(self, first: int, first_s: int, second: int, second_s: int) -> Fields:
        """What remains of each, and in how many seconds it begins anew."""
        if first <= second:
            value = self._first_first % (first, first_s, second, second_s)
        else:
            value = self._second_first % (second, second_s, first, first_s)
        return [self._policy, (b"ratelimit", value)]


def _policy(limit: Limit) -> bytes:
    return f'"{limit.name}";q={limit.quota};w={limit.window_s}'.encode("ascii")


def _format(limit: Limit) -> bytes:
    return f'"{limit.name}";r=%d;t=%d'.encode("ascii")


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
        self._one = {limit.name: SingleLimitHeaders(limit) for limit in limits}
        self._two = {limit.name: TwoLimitsHeaders(limit, second) for limit in limits}

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
