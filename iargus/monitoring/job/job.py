"""The monthly run.

take the lock → for each task: find the rows that arrived since the last judged window → score
the champion on them → judge → after a breach: keep the newest slice aside, fit a challenger on
everything before it, compare both on that slice, promote if it is really better → record the
run and its mail together → release the lock → deliver the mails
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import date

from iargus.clock import Clock, to_naive_utc, utc_now
from iargus.errors import IArgusError, RunLocked, UsageError
from iargus.mailing.delivery import deliver
from iargus.monitoring.job.context import Progress, RunContext
from iargus.monitoring.job.outcomes import failed_outcome
from iargus.monitoring.job.task_run import judge_task
from iargus.monitoring.month.estimating import RecordedAnswers
from iargus.monitoring.period import Period
from iargus.monitoring.view.mail.alerts import write_alert
from iargus.monitoring.view.mail.reasons import Kind
from iargus.monitoring.view.month_view import JobResult, MonthView, Status
from iargus.monitoring.window import is_due
from iargus.registry import Registry
from iargus.settings import Settings
from iargus.storage.database import Database
from iargus.storage.locks import MONITORING, JobLock
from iargus.tasks.base import Task

logger = logging.getLogger(__name__)


def run_month(
    tasks: Sequence[Task],
    *,
    as_of: date,
    force: bool = False,
    dry_run: bool = False,
    database: Database,
    registry: Registry,
    settings: Settings,
    recorded: RecordedAnswers | None = None,
    clock: Clock = utc_now,
    progress: Progress = logger.info,
) -> JobResult:
    """Judge the last month that was complete on the day `as_of`, for every task.

    This is what `python model_monitoring.py` and `iargus monitor` run. A month that is recorded is
    not judged again unless `force` says so; its record is then replaced. A dry run fits and
    compares, and writes nothing: no lock, no MLflow run, no version, no alias, no record, no mail.

    Args:
        database: `iargus`.
        recorded: the predictions of `iargus_api`, without which no error is estimated.
        progress: gets every step in a few words.

    Raises:
        UsageError: it cannot be asked for; nothing was written.
        RunLocked: another run is at work; the message names it.
        DatabaseUnavailable, SchemaMissing: the database `iargus` cannot be used.
    """
    timeout_s = settings.policy.monitoring.lock_timeout_s
    lock = JobLock(database, MONITORING, clock=clock, timeout_s=timeout_s)
    run = RunContext(
        period=Period.last_complete(as_of),
        force=force,
        dry_run=dry_run,
        lease=None if dry_run else lock,
        database=database,
        registry=registry,
        settings=settings,
        recorded=recorded,
        clock=clock,
        progress=progress,
    )
    # Before the lock: wrong usage is the caller's fault alone.
    _check_usage(run, tasks)
    with nullcontext() if dry_run else lock.held():
        outcomes = tuple(_judge(run, task) for task in tasks)
    delivery = None if dry_run else deliver(database, settings, clock)
    return JobResult(as_of, run.period, dry_run, outcomes, delivery)


def _check_usage(run: RunContext, tasks: Sequence[Task]) -> None:
    if not run.force:
        return
    for task in tasks:
        newest = run.records.newest(task.name)
        try:
            is_due(run.period, None if newest is None else newest.window, force=True)
        except UsageError as error:
            raise UsageError(f"{task.name}: {error}") from None


def _judge(run: RunContext, task: Task) -> MonthView:
    """Judge one task; whatever fails concerns this task alone."""
    try:
        outcome = judge_task(run, task)
    except (RunLocked, UsageError):
        raise
    except IArgusError as error:
        outcome = _failure(run, task, str(error))
    except OSError as error:
        outcome = _failure(run, task, f"the disk or the system here: {error}")
    except Exception as error:
        # Such as a custom estimator that fails: the other tasks go on.
        debugging = logger.isEnabledFor(logging.DEBUG)
        logger.error("%s: unexpected %s", task.name, type(error).__name__, exc_info=debugging)
        # The lines after the first may hold statements and their parameters.
        first = (str(error).splitlines() or [""])[0][:300]
        outcome = _failure(run, task, f"unexpected {type(error).__name__}: {first}")
    failed = outcome.status is Status.FAILED
    level = logging.ERROR if failed else logging.INFO
    logger.log(level, "%s %s: %s", task.name, run.period, outcome.sentence)
    return _with_mail(run, outcome) if failed else outcome


def _failure(run: RunContext, task: Task, reason: str) -> MonthView:
    """A failure, with what is recorded about its month, if that can be known."""
    outcome = failed_outcome(task, run.period, reason)
    try:
        newest = run.records.newest(task.name)
    except IArgusError:
        return outcome
    return replace(outcome, due=newest is None or newest.period < run.period)


def _with_mail(run: RunContext, outcome: MonthView) -> MonthView:
    """The same failure, with its mail in the outbox; once for each month, regardless of how often
    the run is tried again."""
    kind = Kind.FAILED_RUN
    outcome = replace(outcome, mail=kind.value)
    if run.dry_run:
        return outcome
    mail = write_alert((kind,), outcome, run.settings, picture=None)
    try:
        queued = run.records.queue(mail, to_naive_utc(run.clock()))
    except IArgusError as error:
        # The database is what has failed, most likely; the exit status says so too.
        logger.error("%s: no mail could be queued: %s", outcome.task, error)
        return outcome
    return replace(outcome, mail_queued=queued)
