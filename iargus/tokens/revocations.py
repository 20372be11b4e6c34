"""The revoked tokens as each process knows them: a snapshot that is read again and again.

Checking a token has three results: good, bad, and unknown. While the database answers, the
snapshot is at most a refresh old; in an outage it stays in use until `revocation_max_age_s`,
after which nobody can say whether a token is good and the answer is 503, never a false 401. What
was read is also kept on disk, so that a worker that starts in an outage knows it too.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from iargus.background import Background
from iargus.clock import Clock, to_naive_utc
from iargus.errors import IArgusError, TokenStateUnknown
from iargus.tokens.revocation_file import RevocationFile
from iargus.tokens.store import TokenStore

logger = logging.getLogger(__name__)

# In an outage the database is asked so often, whatever the interval is otherwise.
RETRY_S = 0.5


class RevocationSnapshot:
    """A set of revoked `jti` and its age; `monotonic_s` measures age whatever the clock does."""

    def __init__(
        self,
        store: TokenStore,
        *,
        clock: Clock,
        max_age_s: float,
        monotonic_s: Callable[[], float] = time.monotonic,
        file: RevocationFile | None = None,
    ) -> None:
        self._store = store
        self._file = file
        self._clock = clock
        self._max_age_s = max_age_s
        self._monotonic_s = monotonic_s
        self._revoked: frozenset[str] = frozenset()
        self._own: dict[str, float] = {}
        self._read_at_s: float | None = None
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

    def add(self, jti: str) -> None:
        """Refuse a token at once in this process, before the next refresh tells all others."""
        with self._lock:
            self._own[jti] = self._monotonic_s()

    def refresh(self) -> None:
        """Read the snapshot again.

        Raises:
            DatabaseUnavailable: the last snapshot stays in use.
        """
        begun_s, now = self._monotonic_s(), self._clock()
        revoked = self._store.revoked(to_naive_utc(now))
        with self._lock:
            self._revoked = revoked
            self._read_at_s = begun_s
            # What was revoked here before the read began is in the snapshot by now.
            self._own = {jti: at_s for jti, at_s in self._own.items() if at_s >= begun_s}
            known = revoked.union(self._own)
        if self._file is not None:
            self._file.keep(known, read_at_s=now.timestamp())

    def recall(self) -> None:
        """Take the list that this host kept on disk, if it still counts: the database is gone."""
        kept = self._file.recall() if self._file is not None else None
        if kept is None:
            return
        with self._lock:
            self._revoked = kept.revoked
            self._read_at_s = self._monotonic_s() - kept.age_s
        logger.warning("revoked tokens are those that were read %.0f s ago", kept.age_s)


class RevocationRefresher(Background):
    """The thread that keeps a snapshot fresh, and says so once when it cannot."""

    def __init__(self, snapshot: RevocationSnapshot, *, interval_s: float) -> None:
        super().__init__("revocations")
        self._snapshot = snapshot
        self._interval_s = interval_s

    def run(self) -> None:
        """Read the snapshot at once, and then at every interval."""
        failing = False
        while not self.stopped.is_set():
            began_s = time.monotonic()
            try:
                self._snapshot.refresh()
                if failing:
                    logger.info("revoked tokens can be read again")
                failing = False
            except IArgusError as error:
                if not failing:
                    logger.error("revoked tokens cannot be read, the last list stays: %s", error)
                failing = True
            except Exception:
                # Without this thread no revocation would ever be seen again.
                logger.exception("reading the revoked tokens failed")
                failing = True
            wait_s = self._interval_s
            if failing:
                wait_s = min(wait_s, began_s + RETRY_S - time.monotonic())
            self.stopped.wait(max(0.0, wait_s))
