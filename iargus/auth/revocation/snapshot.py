"""The revoked tokens as each process knows them: read whole once, and then what is new.

Checking a token has three results: good, bad, and unknown. While the database answers, the
snapshot is at most a refresh old; in an outage it stays in use until `revocation_max_age_s`,
after which nobody can say whether a token is good and the answer is 503, never a false 401. What
was read is also saved on disk, so that a worker that starts in an outage knows it too.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Protocol

from iargus.auth.counters import Position
from iargus.auth.keys.rotating_ring import RotatingKeyRing
from iargus.auth.keys.row import KeyRow
from iargus.auth.revocation.file import RevocationFile
from iargus.clock import Clock, to_naive_utc
from iargus.errors import TokenStateUnknown

logger = logging.getLogger(__name__)

# A ring that was not compared with the database for longer may lack a key; longer where it is read
# seldom.
RING_MAX_AGE_S = 5.0
# How often the seldom things are done: revocations of an older release are looked for, and keys
# and tokens that have had their time are let go.
SWEEP_S = 30.0
FORGET_S = 3600.0
# A clock that was put back by more than this had been wrong.
CLOCK_STEP_S = 1.0


@dataclass(frozen=True)
class Changes:
    """What came after a position: `revoked` gives the end of each newly revoked token by `jti`, of
    all revoked ones where `whole`; `keys` is None where the ring is as it was."""

    position: Position
    revoked: Mapping[str, datetime]
    whole: bool
    keys: Sequence[KeyRow] | None = None


class ChangeSource(Protocol):
    """Where changes are read from; every method raises `DatabaseUnavailable` in an outage."""

    def changes(self, since: Position, *, at: datetime) -> Changes: ...

    def number_revocations(self) -> None: ...


class RevocationSnapshot:
    """The revoked `jti` and their age, and the ring that is kept fresh with them; `monotonic_s`
    measures age whatever the clock does. One thread calls `recall` and `refresh`."""

    def __init__(
        self,
        store: ChangeSource,
        *,
        clock: Clock,
        max_age_s: float,
        ring: RotatingKeyRing | None = None,
        refresh_s: float = 0.25,
        monotonic_s: Callable[[], float] = time.monotonic,
        file: RevocationFile | None = None,
    ) -> None:
        self._store = store
        self._file = file
        self._clock = clock
        self._max_age_s = max_age_s
        self._ring = ring
        self._ring_max_age_s = max(RING_MAX_AGE_S, 4 * refresh_s)
        self._monotonic_s = monotonic_s
        # When each would have ended, by `jti`.
        self._revoked: dict[str, datetime] = {}
        self._own: dict[str, float] = {}
        self._position = Position()
        self._read_at_s: float | None = None
        # The same by the wall clock, for the file, and whether that lacks something.
        self._listed_at_s: float | None = None
        self._unkept = False
        self._swept_at_s = self._forgot_at_s = monotonic_s()
        self._lock = threading.Lock()

    def holds(self, jti: str) -> bool:
        """Whether the token is known to be revoked.

        Raises:
            TokenStateUnknown: the snapshot was never read, or is too old to tell.
        """
        if jti in self._revoked or jti in self._own:
            return True
        if not self.is_known:
            raise TokenStateUnknown("the list of revoked tokens could not be read lately")
        return False

    @property
    def age_s(self) -> float | None:
        """Seconds since the snapshot was read; None before the first time."""
        return None if self._read_at_s is None else self._monotonic_s() - self._read_at_s

    @property
    def is_known(self) -> bool:
        """Whether the snapshot is young enough to tell good tokens from revoked ones."""
        age_s = self.age_s
        return age_s is not None and age_s <= self._max_age_s

    @property
    def ring_may_be_stale(self) -> bool:
        """Whether a key that this process does not know may be a new one of ours."""
        age_s = self.age_s
        # A list that was recalled says nothing of keys.
        return age_s is None or self._listed_at_s is None or age_s > self._ring_max_age_s

    def add(self, jti: str) -> None:
        """Refuse a token at once in this process, before others learn it at their next refresh."""
        with self._lock:
            self._own[jti] = self._monotonic_s()
            self._unkept = True

    def refresh(self) -> None:
        """Read what is new.

        Raises:
            DatabaseUnavailable: the last snapshot and the last ring stay in use.
        """
        try:
            self._read()
        finally:
            # Also in an outage: what was read before may still be unsaved.
            self._keep()

    def _read(self) -> None:
        begun_s, now = self._monotonic_s(), self._clock()
        at = to_naive_utc(now)
        if begun_s - self._swept_at_s >= SWEEP_S:
            self._store.number_revocations()
            self._swept_at_s = begun_s
        if forget := begun_s - self._forgot_at_s >= FORGET_S:
            self._forgot_at_s = begun_s
            # So that a key is read again whose last token has ended.
            self._position = Position(self._position.revoked, -1)
        if self._listed_at_s is not None and now.timestamp() < self._listed_at_s - CLOCK_STEP_S:
            # What had ended by a clock that was ahead was left out, keys as well as tokens.
            self._position = Position()
        changes = self._store.changes(self._position, at=at)
        with self._lock:
            self._take(changes, begun_s)
            if forget:
                self._revoked = {jti: ends for jti, ends in self._revoked.items() if ends > at}
            self._listed_at_s = now.timestamp()
        if changes.keys is not None and self._ring is not None:
            self._ring.apply(changes.keys, at=at)
        # Last: what failed above is read again.
        self._position = changes.position

    def _take(self, changes: Changes, begun_s: float) -> None:
        if changes.whole:
            self._revoked = dict(changes.revoked)
        elif changes.revoked:
            self._revoked.update(changes.revoked)
        self._unkept = self._unkept or changes.whole or bool(changes.revoked)
        self._read_at_s = begun_s
        if self._own:
            # What was revoked here before the read began is in the snapshot by now.
            self._own = {jti: at_s for jti, at_s in self._own.items() if at_s >= begun_s}

    def _keep(self) -> None:
        if self._file is None or self._listed_at_s is None:
            return
        with self._lock:
            own, changed, self._unkept = list(self._own), self._unkept, False
        # Nothing of a list that is as it was is looked at, however long it is.
        revoked = chain(self._revoked, own)
        self._file.keep(revoked, changed=changed, read_at_s=self._listed_at_s)

    def recall(self) -> None:
        """Take the list that this host saved on disk, if it is young enough, in an outage."""
        saved = self._file.recall() if self._file is not None else None
        if saved is None:
            return
        with self._lock:
            # When they end is not known and not needed: the first read replaces them all.
            self._revoked = dict.fromkeys(saved.revoked, datetime.max)
            self._read_at_s = self._monotonic_s() - saved.age_s
        logger.warning("revoked tokens are those that were read %.0f s ago", saved.age_s)
