"""Months and their rows: whether the monthly run happens, and whether rows or training windows lie
in the future, where no month can judge them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date

from iargus.clock import Clock
from iargus.errors import DatabaseUnavailable, RegistryUnavailable, SchemaMissing
from iargus.monitoring.job.records import MonitoringRecords, RunRecord
from iargus.monitoring.period import Period
from iargus.monitoring.stats.performance.verdict import State
from iargus.operations.doctor.finding import Finding, ok, problem, warning
from iargus.registry import Registry
from iargus.registry.version import CHAMPION
from iargus.storage.database import Database
from iargus.storage.labelled.store import LabelledStore
from iargus.tasks.base import Task
from iargus.text import counted
from iargus.training.rows import future_from

# A daily run judges a month on the first day after it; three more cover a weekend of outage.
GRACE_DAYS = 3

REMEDY = (
    "`python model_monitoring.py` says why it does not run; start it every day "
    "(docs/how-to/scheduling.md)"
)


def examine_months(database: Database, tasks: Sequence[str], clock: Clock) -> Iterator[Finding]:
    """Examine for each task whether its last complete month was judged; it may be late by
    `GRACE_DAYS` days. `database` is `iargus`."""
    today = clock().astimezone(UTC).date()
    records = MonitoringRecords(database)
    for task in tasks:
        try:
            newest = records.newest(task)
        except (DatabaseUnavailable, SchemaMissing):
            return  # the finding about the database says why
        yield _finding(task, newest, today)


def _finding(task: str, newest: RunRecord | None, today: date) -> Finding:
    subject = f"months of {task}"
    judged = None if newest is None else newest.period
    last = Period.last_complete(today)
    if judged is not None and judged >= last:
        following = judged.next()
        due = f"{following} is due on {following.end:%Y-%m-%d}"
        if newest is not None and newest.state is State.INSUFFICIENT:
            rows = counted(newest.rows_scored, "row")
            return ok(subject, f"{judged} was not judged: {rows} are too few; {due}")
        return ok(subject, f"{judged} is judged; {due}")
    # The oldest month that waits; the next run covers the rows of all of them.
    waits = last if judged is None else judged.next()
    since = waits.end.date()
    before = "none was before" if judged is None else f"the last one was {judged}"
    if newest is not None and newest.state is State.INSUFFICIENT:
        before = f"{judged} had too few rows to judge"
    late = (today - since).days
    if late <= GRACE_DAYS:
        return ok(subject, f"{waits} is due since {since} and not judged yet; {before}")
    return warning(
        subject, f"{waits} is due since {since} ({late} days) and was not judged; {before}", REMEDY
    )


def examine_windows(
    database: Database, registry: Registry, tasks: Iterable[Task], clock: Clock
) -> Iterator[Finding]:
    """Examine for each task its labelled rows and the training window of its champion, for times in
    the future. `database` is `iargus`."""
    now = clock()
    edge = future_from(now)
    last = Period.last_complete(now.astimezone(UTC).date())
    for task in tasks:
        try:
            latest = LabelledStore(task, database).span().last
            champion = registry.resolve(task.name, CHAMPION)
        except (DatabaseUnavailable, SchemaMissing, RegistryUnavailable):
            return  # the findings about them say why
        ends = None if champion is None else champion.window_end
        subject = f"rows of {task.name}"
        shows = f"`iargus data future {task.name}` shows them, and sets them aside"
        if champion is not None and ends is not None and ends > edge:
            yield problem(
                subject,
                f"the champion, version {champion.version}, has learned from rows dated until "
                f"{ends:%Y-%m-%d}, in the future: no month can be judged",
                f"{shows}; then `iargus train {task.name} --until {last}-01 --alias champion`, "
                f"and `iargus monitor --task {task.name} --force`",
            )
        elif latest is not None and latest >= edge:
            yield warning(
                subject,
                f"some are dated in the future, until {latest:%Y-%m-%d}, and count in no month",
                shows,
            )
        else:
            yield ok(subject, "none is dated in the future")
