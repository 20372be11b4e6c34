"""What monitoring remembers: one row per (task, period) in `iargus.monitoring_runs`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, delete, insert, select
from sqlalchemy.exc import IntegrityError

from iargus.errors import RunLocked
from iargus.mailing.message import Mail
from iargus.mailing.outbox import enqueue, was_sent, withdraw
from iargus.monitoring.job import steps
from iargus.monitoring.period import Period
from iargus.monitoring.stats.performance.verdict import State
from iargus.monitoring.view.mail.reasons import Kind
from iargus.monitoring.window import PastWindow
from iargus.storage.database import Database
from iargus.storage.schema import monitoring_runs as runs


@dataclass(frozen=True)
class RunRecord:
    """One judged month of one task, named as the columns of its table. Times are UTC without a
    zone; errors are shares of one."""

    task: str
    period: Period
    window_start: datetime
    window_end: datetime
    finished_at: datetime
    rows_scored: int
    champion_version: str
    state: State
    error: float | None
    threshold: float
    challenger_version: str | None = None
    promoted: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def window(self) -> PastWindow:
        return PastWindow(self.period, self.window_start, self.window_end, self.state)


class MonitoringRecords:
    """Every method raises `DatabaseUnavailable` or `SchemaMissing` when it cannot do its work."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self, task: str) -> RunRecord | None:
        """The run of the latest month that is recorded for `task`."""
        found = self.history(task, limit=1)
        return found[0] if found else None

    def history(self, task: str, *, limit: int = 24) -> Sequence[RunRecord]:
        """The runs of a task, the latest month first."""
        query = select(runs).where(runs.c.task == task).order_by(runs.c.period.desc()).limit(limit)
        with self._database.transaction() as connection:
            return [_record(row) for row in connection.execute(query).mappings()]

    def write(self, run: RunRecord, mail: Mail | None, *, replace: bool = False) -> bool:
        """Record a run, put its mail into the outbox and forget its steps, all or nothing.

        A mail that the month could not be judged is withdrawn where it was not sent yet.
        With `replace` an earlier record of the same month goes, and with it every mail about
        that month which was not sent yet. A mail that was sent is not queued a second time.

        Returns:
            Whether the mail was queued.

        Raises:
            RunLocked: another run has recorded the same month since.
        """
        try:
            with self._database.transaction() as connection:
                if replace:
                    connection.execute(
                        delete(runs).where(
                            runs.c.task == run.task, runs.c.period == str(run.period)
                        )
                    )
                    withdraw(connection, run.task, str(run.period))
                # A month that is recorded is no longer due: what waits to say so would be untrue.
                failed = Kind.FAILED_RUN.value
                withdraw(connection, run.task, str(run.period), failed)
                connection.execute(insert(runs).values(_values(run)))
                steps.clear(connection, run.task, str(run.period))
                return mail is not None and enqueue(connection, mail, run.finished_at)
        except IntegrityError:
            raise RunLocked(
                f"another run has recorded {run.task} {run.period} meanwhile; nothing was written"
            ) from None

    def queue(self, mail: Mail, at: datetime) -> bool:
        """Put a mail into the outbox that belongs to no record, such as that of a failed run.

        Returns:
            Whether it was queued; False when there is one of its kind about the same task and
            month already, so that a daily schedule repeats nothing.
        """
        try:
            with self._database.transaction() as connection:
                return enqueue(connection, mail, at)
        except IntegrityError:  # another process was faster
            return False

    def failed_before(self, task: str, period: Period) -> bool:
        """Whether a mail has said that this month could not be judged."""
        with self._database.transaction() as connection:
            return was_sent(connection, task, str(period), Kind.FAILED_RUN.value)


def _values(run: RunRecord) -> dict[str, Any]:
    values = {each.name: getattr(run, each.name) for each in fields(run)}
    return values | {"period": str(run.period), "state": run.state.value, "facts": dict(run.facts)}


def _record(row: RowMapping) -> RunRecord:
    """Older tables have no beginning, and may lack the champion."""
    period = Period.parse(row["period"])
    values = {each.name: row[each.name] for each in fields(RunRecord)}
    values |= {
        "period": period,
        "window_start": row["window_start"] or period.start,
        "champion_version": row["champion_version"] or "",
        "state": State(row["state"]),
        "promoted": bool(row["promoted"]),
    }
    return RunRecord(**values)
