"""One limit: how many, in how long a window, under which name it is told."""

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
