"""The monthly run.

take the lock → for each task: find the rows that arrived since the last judged window → score
the champion on them → judge → after a breach: keep the newest slice aside, fit a challenger on
everything before it, compare both on that slice, promote if it is really better → record the
run and its mail together → release the lock → deliver the mails
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import date

from iargus.clock import Clock, to_naive_utc, utc_now
from iargus.errors import IArgusError, RunLocked, UsageError
from iargus.mailing.delivery import deliver
from iargus.monitoring.job.outcomes import failed_outcome
from iargus.monitoring.job.records import MonitoringRecords
from iargus.monitoring.job.request import Progress, Request
from iargus.monitoring.job.task_run import TaskRun
from iargus.monitoring.month.estimating import RecordedAnswers
from iargus.monitoring.period import Period
from iargus.monitoring.result import JobResult
from iargus.monitoring.view.mail.alerts import write_alert
from iargus.monitoring.view.mail.reasons import Kind
from iargus.monitoring.view.month_view import MonthView, Status
from iargus.monitoring.window import is_due
from iargus.registry import Registry
from iargus.settings import Settings
from iargus.storage.database import Database
from iargus.storage.locks import MONITORING, JobLock
from iargus.tasks.base import Task

logger = logging.getLogger(__name__)


class MonitoringJob:
    """What `python model_monitoring.py` and `iargus monitor` run."""

    def __init__(
        self,
        *,
        database: Database,
        registry: Registry,
        settings: Settings,
        recorded: RecordedAnswers | None = None,
        clock: Clock = utc_now,
        progress: Progress = logger.info,
    ) -> None:
        """`database` is `iargus`, `recorded` the predictions of `iargus_api`, without which no
        error is estimated; `progress` is told every step in a few words."""
        self._database = database
        self._registry = registry
        self._settings = settings
        self._recorded = recorded
        self._clock = clock
        self._progress = progress

    def run(
        self, tasks: Sequence[Task], *, as_of: date, force: bool = False, dry_run: bool = False
    ) -> JobResult:
        """Judge the last month that was complete on the day `as_of`, for every task.

        A month that is recorded is not judged again unless `force` says so; its record is then
        replaced. A dry run fits and compares, and writes nothing: no lock, no MLflow run, no
        version, no alias, no record, no mail.

        Raises:
            UsageError: it cannot be asked for; nothing was written.
            RunLocked: another run is at work; the message names it.
            DatabaseUnavailable, SchemaMissing: the database `iargus` cannot be used.
        """
        request = Request(Period.last_complete(as_of), force=force, dry_run=dry_run)
        self._check_usage(tasks, request)
        lock = JobLock(
            self._database,
            MONITORING,
            clock=self._clock,
            timeout_s=self._settings.policy.monitoring.lock_timeout_s,
        )
        with self._with_lock(lock, dry_run):
            outcomes = tuple(self._judge(task, request, lock) for task in tasks)
        delivery = None
        if not dry_run:
            delivery = deliver(self._database, self._settings, self._clock)
        return JobResult(as_of, request.period, dry_run, outcomes, delivery)

    def _check_usage(self, tasks: Sequence[Task], request: Request) -> None:
        """Before the lock: wrong usage is nobody's fault but the caller's, who is told so."""
        if not request.force:
            return
        records = MonitoringRecords(self._database)
        for task in tasks:
            newest = records.newest(task.name)
            try:
                is_due(request.period, None if newest is None else newest.window, force=True)
            except UsageError as error:
                raise UsageError(f"{task.name}: {error}") from None

    def _with_lock(self, lock: JobLock, dry_run: bool) -> AbstractContextManager[None]:
        return nullcontext() if dry_run else lock.held()

    def _judge(self, task: Task, request: Request, lock: JobLock) -> MonthView:
        """Judge one task; whatever fails concerns this task alone."""

        def tell(step: str) -> None:
            # Before every step: a run that was silent for too long, and has lost its lock to
            # another, must not go on beside it.
            if not request.dry_run:
                lock.renew()
            self._progress(step)

        run = TaskRun(
            request,
            database=self._database,
            registry=self._registry,
            settings=self._settings,
            recorded=self._recorded,
            clock=self._clock,
            progress=tell,
        )
        try:
            outcome = run.judge(task)
        except (RunLocked, UsageError):
            raise
        except IArgusError as error:
            outcome = failed_outcome(task, request.period, str(error))
        except OSError as error:
            outcome = failed_outcome(task, request.period, f"the disk or the system here: {error}")
        except Exception as error:
            # Foreseen by nobody, such as an estimator of one's own that fails: the others go on.
            debugging = logger.isEnabledFor(logging.DEBUG)
            logger.error("%s: unexpected %s", task.name, type(error).__name__, exc_info=debugging)
            reason = f"unexpected {type(error).__name__}: {_first_line(error)}"
            outcome = failed_outcome(task, request.period, reason)
        level = logging.ERROR if outcome.status is Status.FAILED else logging.INFO
        logger.log(level, "%s %s: %s", task.name, request.period, outcome.sentence)
        if outcome.status is Status.FAILED:
            outcome = self._with_record(outcome)
            return self._with_mail(outcome, dry_run=request.dry_run)
        return outcome

    def _with_record(self, outcome: MonthView) -> MonthView:
        """The same failure, with what is recorded about its month, if that can be known."""
        assert outcome.period is not None
        try:
            newest = MonitoringRecords(self._database).newest(outcome.task)
        except IArgusError:
            return outcome
        return replace(outcome, due=newest is None or newest.period < outcome.period)

    def _with_mail(self, outcome: MonthView, *, dry_run: bool) -> MonthView:
        """The same failure, with its mail in the outbox; once for each month, however often the
        run is tried again."""
        kind = Kind.FAILED_RUN
        outcome = replace(outcome, mail=kind.value)
        if dry_run:
            return outcome
        mail = write_alert((kind,), outcome, self._settings, picture=None)
        try:
            queued = MonitoringRecords(self._database).tell(mail, to_naive_utc(self._clock()))
        except IArgusError as error:
            # The database is what has failed, most likely; the exit status says so too.
            logger.error("%s: no mail could be queued: %s", outcome.task, error)
            return outcome
        return replace(outcome, mail_queued=queued)


def _first_line(error: Exception) -> str:
    # The lines after the first may hold statements and their parameters.
    return (str(error).splitlines() or [""])[0][:300]
