"""One run at a time over all hosts: a lease, which is a row in `iargus.job_lock`."""

from __future__ import annotations

import hashlib
import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Insert, Update, delete, select, update

from iargus.clock import Clock, to_naive_utc
from iargus.errors import DatabaseUnavailable, RunLocked
from iargus.storage.database import Database
from iargus.storage.schema import job_lock

logger = logging.getLogger(__name__)

MONITORING = "monitoring"
DELIVERY = "delivery"
_CLOCKS_DIFFER = timedelta(seconds=5)
_ENDED = ("Z", "X")  # a zombie, which its parent has not noticed yet, and one that is going


class JobLock:
    """The lock `name`. Taken over when silent for `timeout_s`, or when its holder is dead."""

    def __init__(
        self,
        database: Database,
        name: str,
        *,
        clock: Clock,
        timeout_s: float,
        holder: str | None = None,
    ) -> None:
        self._database = database
        self._name = name
        self._clock = clock
        self._timeout = timedelta(seconds=timeout_s)
        self.holder = holder or own_holder()
        self._mine = (job_lock.c.name == name) & (job_lock.c.holder == self.holder)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock for the block.

        Raises:
            RunLocked: another run holds it; the message names the holder.
        """
        self._take()
        try:
            yield
        finally:
            self._release()

    def renew(self) -> None:
        """Renew the lease, so that no other run takes it over.

        Raises:
            RunLocked: somebody has, because this run was silent for too long.
        """
        now = to_naive_utc(self._clock())
        if not self._changed(update(job_lock).where(self._mine).values(taken_at=now)):
            raise RunLocked(f"this run was silent for too long and has lost the lock {self._name}")

    def forget_dead(self) -> None:
        """Delete the lock if its holder has certainly ended: it may not be wanted for a while."""
        with self._database.transaction() as connection:
            row = connection.execute(select(job_lock).where(job_lock.c.name == self._name)).first()
            if row is None or not is_dead(row.holder, row.taken_at):
                return
            as_it_was = (job_lock.c.name == self._name) & (job_lock.c.holder == row.holder)
            connection.execute(delete(job_lock).where(as_it_was))

    def _take(self) -> None:
        # A transaction for each statement: an INSERT that meets a row keeps a shared lock on it
        # until its transaction ends, and two that then want to change the row would deadlock.
        now = to_naive_utc(self._clock())
        mine = self._database.dialect.insert_ignoring(job_lock).values(
            name=self._name, holder=self.holder, taken_at=now
        )
        if self._changed(mine):
            return
        with self._database.transaction() as connection:
            row = connection.execute(select(job_lock).where(job_lock.c.name == self._name)).first()
        if row is None:
            raise RunLocked(f"the lock {self._name} was released this moment; start again")
        reason = self._why_free(row.holder, row.taken_at, now)
        # Only as it was read: of two that want to take over, one finds it changed.
        as_it_was = (
            (job_lock.c.name == self._name)
            & (job_lock.c.holder == row.holder)
            & (job_lock.c.taken_at == row.taken_at)
        )
        over = update(job_lock).where(as_it_was).values(holder=self.holder, taken_at=now)
        if reason is None or not self._changed(over):
            raise RunLocked(
                f"{row.holder} holds the lock {self._name} "
                f"since {row.taken_at:%Y-%m-%d %H:%M:%S} UTC"
            )
        logger.warning("the lock %s of %s is taken over: %s", self._name, row.holder, reason)

    def _why_free(self, holder: str, taken_at: datetime, now: datetime) -> str | None:
        if is_dead(holder, taken_at):
            return "its process has ended"
        if now - taken_at >= self._timeout:
            return f"it has been silent since {taken_at:%Y-%m-%d %H:%M:%S} UTC"
        return None

    def _changed(self, statement: Insert | Update) -> bool:
        # MySQL counts rows that were found, changed or not: SQLAlchemy asks it to.
        with self._database.transaction() as connection:
            return connection.execute(statement).rowcount > 0

    def _release(self) -> None:
        try:
            with self._database.transaction() as connection:
                connection.execute(delete(job_lock).where(self._mine))
        except DatabaseUnavailable as error:
            # The next run on this host sees that the holder is dead; others wait for the timeout.
            logger.error("the lock %s could not be released: %s", self._name, error)


def own_holder() -> str:
    """This process as `host:pid`, or `host~place:pid` where the system gives its place.

    The place is the machine's present run and the process's own numbering (pid_namespaces(7)):
    two containers of one name, or two machines, may both have a process 1.
    """
    place = _place()
    host = socket.gethostname()[:200]
    return f"{host}~{place}:{os.getpid()}" if place else f"{host}:{os.getpid()}"


def is_dead(holder: str, taken_at: datetime) -> bool:
    """Whether `holder` was a process of this very host that has certainly ended.

    A process id may have been given out again since (in a container it nearly always is): the
    holder is dead too when the process that has its number now began after the lock was taken,
    or has ended and only waits to be noticed. Of other hosts nothing is known: False.

    Args:
        taken_at: UTC without a zone.
    """
    host, _, number = holder.rpartition(":")
    if host != own_holder().rpartition(":")[0] or not number.isdecimal() or int(number) < 1:
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        pass
    state, began = _state(int(number))
    return state in _ENDED or (began is not None and began > taken_at + _CLOCKS_DIFFER)


def _place() -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text()
        numbering = Path("/proc/self/ns/pid").readlink()
    except OSError:
        return ""
    return hashlib.sha256(f"{boot}{numbering}".encode()).hexdigest()[:8]


def _state(pid: int) -> tuple[str, datetime | None]:
    """The state of a process as a letter, and when it began, UTC without a zone; nothing where
    the system does not give them (proc(5))."""
    try:
        # The second field is the program's name in brackets and may hold blanks; field 3 is the
        # state, field 22 counts ticks since the machine was started.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        status = Path("/proc/stat").read_text()
        booted = next(int(line.split()[1]) for line in status.splitlines() if "btime" in line)
        seconds = booted + int(fields[19]) / os.sysconf("SC_CLK_TCK")
        return fields[0], datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    except (OSError, ValueError, IndexError, StopIteration):
        return "", None
