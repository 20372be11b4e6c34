"""One limit, and the headers that tell a client of it (draft-ietf-httpapi-ratelimit-headers).

`RateLimit-Policy` says what the limits are (`q` requests in `w` seconds), `RateLimit` what is left
of them (`r` requests, and `t` seconds until all are there again). Where two limits apply, the one
that has less left comes first.
"""

from __future__ import annotations

from dataclasses import dataclass

# A count shares a 64-bit word with the end of its window and has 30 bits of it.
MAX_QUOTA = 2**30 - 1


@dataclass(frozen=True)
class Limit:
    """At most `quota` admissions of one key in each window of `window_s` seconds.

    Windows are of the wall clock: one of 60 s ends with every full minute of UTC. `name` is the
    policy's name in the answer's fields, `what` the words for it in an error.
    """

    name: str
    what: str
    quota: int
    window_s: int

    def __post_init__(self) -> None:
        if not 0 < self.quota <= MAX_QUOTA:
            raise ValueError(f"a quota is 1 to {MAX_QUOTA}, not {self.quota}")


# As ASGI wants them: names in lower case.
Fields = list[tuple[bytes, bytes]]


class HeadersOfOne:
    """The fields where one limit applies."""

    def __init__(self, limit: Limit) -> None:
        self._policy = b"ratelimit-policy", _policy(limit)
        self._format = _format(limit)

    def __call__(self, remaining: int, resets_in_s: int) -> Fields:
        return [self._policy, (b"ratelimit", self._format % (remaining, resets_in_s))]


class HeadersOfTwo:
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
