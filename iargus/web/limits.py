"""Rate limits that hold over all workers of a host, without any server.

Each key counts its requests in fixed windows of the wall clock. The counters lie in one file
that every worker maps into memory and changes under a lock of the operating system, which is
released also when a worker is killed. A key finds its slot by its digest; when its eight slots
are all taken by others in their current window, the fullest of them is kept and the emptiest
makes room, so that nobody who is over the limit is forgotten.
"""

from __future__ import annotations

import fcntl
import hashlib
import mmap
import os
import struct
import threading
from collections.abc import Callable
from pathlib import Path

from iargus.clock import Clock
from iargus.errors import RateLimited

SLOTS = 65_536
PROBES = 8
# 16 bytes of the key's digest, the end of the window in seconds since 1970, the count.
_SLOT = struct.Struct("<16sQQ")


class FixedWindowLimiter:
    """At most `limit` hits of one key in each window of `window_s` seconds; `decided` is told
    each time whether the request may pass."""

    def __init__(
        self,
        path: Path,
        *,
        limit: int,
        window_s: int,
        clock: Clock,
        name: str,
        decided: Callable[[bool], None] = lambda _: None,
    ) -> None:
        self._limit = limit
        self._window_s = window_s
        self._clock = clock
        self._name = name
        self._decided = decided
        self._thread_lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        size = SLOTS * _SLOT.size
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        # Twice does no harm. Allocated, not only sized: a full disk is an error here, and not
        # a SIGBUS at the first write to a page that has no block.
        os.posix_fallocate(self._file, 0, size)
        self._map = mmap.mmap(self._file, size)

    def hit(self, key: str) -> None:
        """Count one request of `key`.

        Raises:
            RateLimited: the window is used up; it is not counted then.
        """
        now_s = int(self._clock().timestamp())
        end_s = (now_s // self._window_s + 1) * self._window_s
        digest = hashlib.blake2b(f"{self._name}:{key}".encode(), digest_size=16).digest()
        # Both locks: lockf holds between processes, but not between threads of one.
        with self._thread_lock:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                offset, count = self._find(digest, now_s, end_s)
                allowed = count < self._limit
                if allowed:
                    _SLOT.pack_into(self._map, offset, digest, end_s, count + 1)
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)
        self._decided(allowed)
        if not allowed:
            raise RateLimited(
                f"more than {self._limit} requests in {self._window_s} s",
                retry_after_s=max(1, end_s - now_s),
            )

    def _find(self, digest: bytes, now_s: int, end_s: int) -> tuple[int, int]:
        """The slot for a digest and its count in the window that ends at `end_s`."""
        first = int.from_bytes(digest[:4], "little")
        emptiest = (-1, 2**64)
        for probe in range(PROBES):
            offset = ((first + probe) % SLOTS) * _SLOT.size
            known, known_end_s, count = _SLOT.unpack_from(self._map, offset)
            if known == digest:
                return offset, count if known_end_s == end_s else 0
            # A window that has ended counts as empty; one from a clock that ran ahead too.
            current = count if now_s < known_end_s <= end_s else 0
            if current < emptiest[1]:
                emptiest = (offset, current)
        return emptiest[0], 0

    def close(self) -> None:
        """Let go of the file; the counts stay in it."""
        self._map.close()
        os.close(self._file)
