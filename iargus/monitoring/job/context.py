"""One run: what was asked for and what it works with, made once by the job and handed down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from iargus.clock import Clock
from iargus.monitoring.job.records import MonitoringRecords
from iargus.monitoring.job.steps import Steps
from iargus.monitoring.month.estimating import RecordedAnswers
from iargus.monitoring.period import Period
from iargus.registry import Registry
from iargus.settings import Settings
from iargus.storage.database import Database
from iargus.storage.locks import JobLock
from iargus.tasks.base import Task

Progress = Callable[[str], None]
"""Reports a step in a few words; it has no other effect."""


@dataclass(frozen=True, kw_only=True)
class RunContext:
    """What all steps of a run share.

    Attributes:
        period: the month to judge; with `force` again, where it is recorded.
        dry_run: read everything, write nothing.
        lease: says that this run is at work; None in a dry run, which takes none.
        recorded: the recorded predictions, where they can be read.
    """

    period: Period
    force: bool
    dry_run: bool
    lease: JobLock | None
    database: Database
    registry: Registry
    settings: Settings
    recorded: RecordedAnswers | None
    clock: Clock
    progress: Progress

    @property
    def records(self) -> MonitoringRecords:
        return MonitoringRecords(self.database)

    @property
    def steps(self) -> Steps:
        return Steps(self.database, self.clock)

    def begin_step(self, task: Task, text: str) -> None:
        """Renew the lease, then report what is done next.

        Raises:
            RunLocked: this run was silent for too long and has lost its lease to another, beside
                which it must not go on.
        """
        if self.lease is not None:
            self.lease.renew()
        self.progress(f"{task.name} {self.period}: {text}")
