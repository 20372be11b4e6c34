"""The list of revoked tokens on disk, for a worker that starts while the database is gone.

The file holds identifiers of tokens (`jti`) and the time at which they were read, nothing of a
person. It counts for as long as a list in memory would, by the wall clock: a file that is too
old, comes from the future, can be changed by others or cannot be read is no list, and then nobody
can say whether a token is good.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from iargus.atomic_write import OWNER_ONLY, staged
from iargus.clock import Clock

logger = logging.getLogger(__name__)

FORMAT = 1
# A list that does not change is written again so often within its greatest age.
REWRITES = 20
# A list that is long is written in parts, so that requests are answered in between,
# and then not again before so many times as long as that took.
PART_ROWS = 1000
RESTS = 10


@dataclass(frozen=True)
class StoredRevocations:
    """What the file said: the revoked `jti`, and how old that is, in seconds."""

    revoked: frozenset[str]
    age_s: float


class RevocationFile:
    """One file for all workers of a host; each replaces it as a whole."""

    def __init__(
        self,
        path: Path,
        *,
        clock: Clock,
        max_age_s: float,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path = path
        self._clock = clock
        self._max_age_s = max_age_s
        self._monotonic_s = monotonic_s
        self._written_at_s = 0.0
        self._waits = True
        self._rests_until_s = 0.0
        self._failing = False

    def keep(self, revoked: Iterable[str], *, changed: bool, read_at_s: float) -> None:
        """Write the list, if it has `changed` since the call before or what is on disk grows old;
        otherwise it is not looked at. A failure is logged once, and the next call tries again.

        `read_at_s` is the wall clock's time just before it was read, in seconds since 1970.
        """
        self._waits = self._waits or changed
        is_young = 0 <= read_at_s - self._written_at_s < self._max_age_s / REWRITES
        began_s = self._monotonic_s()
        if (is_young and not self._waits) or began_s < self._rests_until_s:
            return
        try:
            self._write(revoked, read_at_s)
        except OSError as error:
            if not self._failing:
                logger.error("the revoked tokens cannot be saved on disk: %s", error)
            self._failing = True
        else:
            self._written_at_s = read_at_s
            self._waits = self._failing = False
        ended_s = self._monotonic_s()
        self._rests_until_s = ended_s + RESTS * (ended_s - began_s)

    def recall(self) -> StoredRevocations | None:
        """The saved list, or None when it is not usable."""
        try:
            with self._path.open("rb") as file:
                if os.fstat(file.fileno()).st_mode & 0o077:
                    raise ValueError("others can read or change it")
                revoked, read_at_s = _parse(file.read())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            logger.error("%s cannot be used: %s", self._path, error)
            return None
        age_s = self._clock().timestamp() - read_at_s
        if not 0 <= age_s <= self._max_age_s:
            logger.error("%s is %.0f s old and does not count", self._path, age_s)
            return None
        return StoredRevocations(revoked, age_s)

    def _write(self, revoked: Iterable[str], read_at_s: float) -> None:
        with staged(self._path, mode=OWNER_ONLY) as file:
            file.write(b'{"format": %d, "read_at": %a, "revoked": [' % (FORMAT, read_at_s))
            rest, separator = iter(revoked), ""
            while part := list(islice(rest, PART_ROWS)):
                file.write((separator + json.dumps(part)[1:-1]).encode("ascii"))
                separator = ", "
            file.write(b"]}")


def _parse(content: bytes) -> tuple[frozenset[str], float]:
    document = json.loads(content)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ValueError("it has another format")
    revoked, read_at_s = document.get("revoked"), document.get("read_at")
    if not isinstance(revoked, list) or not all(isinstance(jti, str) for jti in revoked):
        raise ValueError("it holds no list of tokens")
    if not isinstance(read_at_s, int | float) or isinstance(read_at_s, bool):
        raise ValueError("it does not say when it was read")
    return frozenset(revoked), float(read_at_s)
