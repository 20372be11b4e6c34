"""Whether the monthly run happens: a scheduler that is off tells nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date

from iargus.clock import Clock
from iargus.errors import DatabaseUnavailable, SchemaMissing
from iargus.monitoring.job.records import MonitoringRecords, RunRecord
from iargus.monitoring.period import Period
from iargus.monitoring.stats.performance.verdict import State
from iargus.operations.doctor.finding import Finding, ok, warning
from iargus.storage.database import Database

# A daily run judges a month on its first day. Three more make good a weekend that was down.
GRACE_DAYS = 3

REMEDY = (
    "`python model_monitoring.py` says what hinders it; start it every day "
    "(docs/how-to/scheduling.md)"
)


def examine_months(database: Database, tasks: Sequence[str], clock: Clock) -> Iterator[Finding]:
    """For each task, whether its last complete month was judged; a month may be late by
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
            rows = f"{newest.rows_scored:,} row{'s' * (newest.rows_scored != 1)}"
            return ok(subject, f"{judged} was not judged: {rows} are too few; {due}")
        return ok(subject, f"{judged} is judged; {due}")
    # The oldest one that waits; the next run covers the rows of all of them.
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
