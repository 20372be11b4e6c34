"""The counters of one limit: a table of fixed size that forgets nobody's requests.

A slot is three words of 64 bits: two of the key's digest, and one that holds both the end of the
window (seconds since 1970) and the count, so that one store changes them together: a process that
is killed between two stores leaves nothing half-written that would admit more.

A key belongs to one bucket of eight slots. Where all eight are taken by others in their current
window, the newcomer takes the slot that has counted least *and goes on from its count* (the
Space-Saving algorithm of Metwally, Agrawal and El Abbadi, 2005). A count is then never less than
what was admitted, whichever key was evicted: many keys cannot be used to have a used-up one
forgotten. The price is paid in a bucket that overflows, by newcomers that find less than their
quota; to take all of it from one of them somebody would have to use up eight other keys of the
same bucket, and the secret in the digest keeps from him which keys these are.
"""

from __future__ import annotations

from dataclasses import dataclass

WORDS_OF_A_SLOT = 3
SLOTS_OF_A_BUCKET = 8
WORDS_OF_A_BUCKET = WORDS_OF_A_SLOT * SLOTS_OF_A_BUCKET

_COUNT_BITS = 30
MAX_QUOTA = COUNT = (1 << _COUNT_BITS) - 1


@dataclass(frozen=True)
class Limit:
    """At most `quota` admissions of one key in each window of `window_s` seconds.

    Windows are of the wall clock: one of 60 s ends with every full minute of UTC. `name` is the
    policy's name in the headers of an answer, `what` the words for it in an error.
    """

    name: str
    what: str
    quota: int
    window_s: int

    def __post_init__(self) -> None:
        if not 0 < self.quota <= MAX_QUOTA:
            raise ValueError(f"a quota is 1 to {MAX_QUOTA}, not {self.quota}")


class Key:
    """A key of one table: its digest, its bucket, and the slot where it was seen last."""

    __slots__ = ("bucket", "high", "low", "name", "slot", "table")

    def __init__(self, table: CounterTable, name: str, digest: bytes) -> None:
        self.table = table
        self.name = name
        self.high = int.from_bytes(digest[:8], "little")
        self.low = int.from_bytes(digest[8:16], "little")
        self.bucket = table.first + self.low % table.buckets * WORDS_OF_A_BUCKET
        self.slot = self.bucket


class CounterTable:
    """`words` from `first` on, for one limit. Changing it needs the lock of its memory.

    A *state* is a window's end and its count in one number, as the third word of a slot has it.
    """

    def __init__(self, words: memoryview, first: int, buckets: int, limit: Limit) -> None:
        self._words = words
        self.first = first
        self.buckets = buckets
        self.limit = limit
        self.quota = limit.quota
        self._window_s = limit.window_s

    def state(self, key: Key, now_s: int) -> int:
        """The state of `key` at `now_s`, without counting; `key.slot` is then where it belongs."""
        words, slot = self._words, key.slot
        end_s = now_s - now_s % self._window_s + self._window_s
        if words[slot] == key.high and words[slot + 1] == key.low:
            state: int = words[slot + 2]
            if state >> _COUNT_BITS == end_s:
                return state
        return self._search(key, end_s)

    def seems_exhausted(self, key: Key, now_s: int) -> bool:
        """Whether the slot where `key` was last says so. Needs no lock: it changes nothing, and
        what it says may be slightly old."""
        words, slot = self._words, key.slot
        if words[slot] != key.high or words[slot + 1] != key.low:
            return False
        state: int = words[slot + 2]
        return state & COUNT >= self.quota and state >> _COUNT_BITS > now_s

    def put(self, key: Key, state: int) -> None:
        """Write the state of `key` into its slot, as `state` has found it."""
        words, slot = self._words, key.slot
        if words[slot] != key.high or words[slot + 1] != key.low:
            # The count last: a process killed on the way leaves the count that the newcomer was
            # to go on from, under its key or under none.
            words[slot] = key.high
            words[slot + 1] = key.low
        words[slot + 2] = state

    def _search(self, key: Key, end_s: int) -> int:
        words = self._words
        emptiest, least = key.bucket, end_s << _COUNT_BITS | COUNT
        for slot in range(key.bucket, key.bucket + WORDS_OF_A_BUCKET, WORDS_OF_A_SLOT):
            state = self._current(words[slot + 2], end_s)
            if words[slot] == key.high and words[slot + 1] == key.low:
                key.slot = slot
                return state
            if state & COUNT < least & COUNT:
                emptiest, least = slot, state
        key.slot = emptiest
        return least

    def _current(self, state: int, end_s: int) -> int:
        """What a slot's word means in the window that ends at `end_s`.

        A window that has ended counts nothing. One that ends later was written before the clock
        was set back, or by a worker that has seen the next window begin: it goes on, for what it
        has admitted must not be admitted again. One that ends more than a window later comes from
        a clock that was wrong, and would lock everybody out for as long as it was wrong by.
        """
        ahead_s = (state >> _COUNT_BITS) - end_s
        return state if 0 <= ahead_s <= self._window_s else end_s << _COUNT_BITS


def count_of(state: int) -> int:
    """How many a state has admitted."""
    return state & COUNT


def end_of(state: int) -> int:
    """When the window of a state ends, in seconds since 1970."""
    return state >> _COUNT_BITS


def with_count(state: int, count: int) -> int:
    """The same window with another count."""
    return state >> _COUNT_BITS << _COUNT_BITS | count
