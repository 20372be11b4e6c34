"""Counting on this host: under one key, or under two at once or neither."""

from __future__ import annotations

from collections.abc import Callable
from fcntl import LOCK_EX, LOCK_UN, flock

from iargus.ratelimit.memory import CounterMemory
from iargus.ratelimit.outcome import Backend, Outcome
from iargus.ratelimit.table import COUNT, Key, count_of, end_of, with_count

# What a process remembers of keys, to spare their digests; beyond, it begins anew.
MAX_KNOWN_KEYS = 16_384


class HostCounters:
    """The tables of a `CounterMemory`, by the clock `now_s` (seconds since 1970).

    The clock is read under the lock: a worker that waited for it must not go back to the window
    in which it began to wait.
    """

    def __init__(self, memory: CounterMemory, now_s: Callable[[], float]) -> None:
        self._memory = memory
        self._file = memory.file
        self._thread_lock = memory.thread_lock
        self.now_s = now_s
        self._known: list[dict[str, Key]] = [{} for _ in memory.tables]

    def key(self, number: int, text: str, name: Callable[[str], str] = str) -> Key:
        """The key of table `number` for `name(text)`, which is asked for the first time only."""
        known = self._known[number]
        key = known.get(text)
        if key is None:
            if len(known) >= MAX_KNOWN_KEYS:
                known.clear()
            counted = name(text)
            digest = self._memory.digest(counted)
            key = known[text] = Key(self._memory.tables[number], counted, digest)
        return key

    @property
    def backend(self) -> Backend:
        """Who counts here."""
        return "worker" if self._file is None else "host"

    def count(self, first: Key, second: Key | None = None) -> tuple[bool, Outcome]:
        """Count one request, if no key is used up, and say whether it was counted.

        This is on the way of every request: the lock is taken here and not by `with`, which costs
        a quarter more.
        """
        file = self._file
        other = 0
        self._thread_lock.acquire()
        try:
            if file is not None:
                flock(file, LOCK_EX)
            now_s = int(self.now_s())
            state = first.table.state(first, now_s)
            allowed = state & COUNT < first.table.quota
            if second is not None:
                other = second.table.state(second, now_s)
                if allowed and (allowed := other & COUNT < second.table.quota):
                    other += 1
                    second.table.put(second, other)
            if allowed:
                state += 1
                first.table.put(first, state)
        finally:
            try:
                if file is not None:
                    flock(file, LOCK_UN)
            finally:
                self._thread_lock.release()
        return allowed, Outcome(first, second, now_s, state, other)

    def look(self, key: Key) -> Outcome:
        """How it is with a key; nothing is counted."""
        with self._memory:
            now_s = int(self.now_s())
            return Outcome(key, None, now_s, key.table.state(key, now_s), 0)

    def exhaust(self, key: Key, ends_s: int) -> None:
        """The window that ends then is used up: somebody who sees more than this host says so."""
        with self._memory:
            state = key.table.state(key, int(self.now_s()))
            if end_of(state) == ends_s:
                key.table.put(key, with_count(state, max(count_of(state), key.table.quota)))

    def refund(self, key: Key, ends_s: int) -> None:
        """Uncount one request of the window that ends then."""
        with self._memory:
            state = key.table.state(key, int(self.now_s()))
            if end_of(state) == ends_s and count_of(state) > 0:
                key.table.put(key, state - 1)

    def close(self) -> None:
        """Let go of the file; the counts stay in it."""
        self._memory.close()
