"""A mail about each refused version, from the host that refused it.

It is sent at once, not through the outbox: that lies in the labelled database, to which the account
of a serving host may add labelled rows and nothing else.
"""

from __future__ import annotations

import hashlib
import json
import logging
import queue
import socket
from contextlib import suppress
from pathlib import Path

from iargus.atomic_write import write_atomically
from iargus.background import Background
from iargus.backoff import Backoff
from iargus.clock import Clock, utc_now
from iargus.errors import MailNotSent
from iargus.mailing.delivery import NO_SERVER, send_mail
from iargus.serving.sync.refusals import Refusal
from iargus.settings import Settings

logger = logging.getLogger(__name__)

_FIRST_PAUSE_S = 60.0
_LONGEST_PAUSE_S = 3600.0
# Who can write to the registry can make versions without end; people need one mail to look.
_MAX_A_DAY = 20
_MAX_REMEMBERED = 1000


class RefusalMails(Background):
    """`add` refusals from any thread; each is mailed once, across restarts. One that cannot be sent
    is retried with a back-off for as long as the process lives; after a restart the version is
    refused again, and so mailed."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock = utc_now,
        host: str = "",
        first_pause_s: float = _FIRST_PAUSE_S,
    ) -> None:
        super().__init__("refusal-mails")
        self._settings = settings
        self._clock = clock
        self._host = host or socket.gethostname()
        self._reported = _Reported(settings.var_dir / "refusals.json")
        self._waiting: queue.SimpleQueue[Refusal | None] = queue.SimpleQueue()
        self._backoff = Backoff(first_pause_s, _LONGEST_PAUSE_S)

    def add(self, refusal: Refusal) -> None:
        """Have it mailed soon, unless it was before."""
        self._waiting.put(refusal)

    def stop(self, *, timeout_s: float | None = None) -> None:
        """Ask the thread to end; a mail on its way may take `mail.timeout_s`."""
        self.stopped.set()
        self._waiting.put(None)
        super().stop(timeout_s=timeout_s)

    def run(self) -> None:
        """Send until stopped."""
        pending: list[Refusal] = []
        attempts = 1
        while not self.stopped.is_set():
            try:
                found = self._waiting.get(
                    timeout=self._backoff.after(attempts) if pending else None
                )
            except queue.Empty:
                attempts += 1
            else:
                if found is not None and found not in pending:
                    pending.append(found)
            try:
                pending = [refusal for refusal in pending if not self._is_reported(refusal)]
            except Exception:
                # No mail is worth the end of the thread; what waits is tried again.
                logger.exception("the mails about refused versions cannot be sent")
            if not pending:
                attempts = 1

    def _is_reported(self, refusal: Refusal) -> bool:
        """Send it where it is due; whether nothing is left to do."""
        today = f"{self._clock():%Y-%m-%d}"
        if self._reported.has(refusal):
            return True
        name = f"{refusal.task} version {refusal.version}"
        if self._settings.environment.smtp is None:
            logger.warning("no mail says that %s is refused: %s", name, NO_SERVER)
            return True
        if self._reported.count(today) >= _MAX_A_DAY:
            logger.error("no mail says that %s is refused: %d were sent today", name, _MAX_A_DAY)
            return True
        # Imported here: nearly every process lives without the templates.
        from iargus.serving.sync.refusal_alert import write_refusal

        mail = write_refusal(refusal, self._settings, host=self._host)
        try:
            send_mail(mail, self._settings, at=self._clock())
        except MailNotSent as error:
            logger.error("the mail that %s is refused was not sent and waits: %s", name, error)
            return False
        logger.info("a mail says that %s is refused", name)
        self._reported.add(refusal, today)
        return True


class _Reported:
    """What was mailed, and on which day, in a file under `var/`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._days: dict[str, str] = {}
        with suppress(OSError, ValueError):
            found = json.loads(path.read_text(encoding="utf-8"))
            self._days = found if isinstance(found, dict) else {}

    def has(self, refusal: Refusal) -> bool:
        return _key(refusal) in self._days

    def count(self, day: str) -> int:
        return sum(each == day for each in self._days.values())

    def add(self, refusal: Refusal, day: str) -> None:
        self._days[_key(refusal)] = day
        newest = sorted(self._days.items(), key=lambda each: each[1])[-_MAX_REMEMBERED:]
        self._days = dict(newest)
        try:
            write_atomically(self._path, json.dumps(self._days, indent=1), sync=False)
        except OSError as error:
            # Remembered until the process ends; after a restart it may be mailed again.
            logger.warning("%s cannot be written: %s", self._path, error)


def _key(refusal: Refusal) -> str:
    reason = hashlib.sha256(refusal.reason.encode("utf-8", "replace")).hexdigest()[:16]
    return f"{refusal.task} {refusal.version} {reason}"
