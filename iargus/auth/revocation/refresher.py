"""The thread that keeps a snapshot of the revoked tokens fresh."""

from __future__ import annotations

import logging
import time

from iargus.auth.revocation.snapshot import RevocationSnapshot
from iargus.background import Background
from iargus.errors import IArgusError

logger = logging.getLogger(__name__)

# In an outage the database is asked so often, whatever the interval is otherwise.
RETRY_S = 0.5


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
