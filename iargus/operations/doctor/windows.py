"""Whether rows or training windows lie in the future: such a model can be judged by no row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC

from iargus.clock import Clock
from iargus.errors import DatabaseUnavailable, RegistryUnavailable, SchemaMissing
from iargus.monitoring.period import Period
from iargus.operations.doctor.finding import Finding, ok, problem, warning
from iargus.registry import Registry
from iargus.registry.version import CHAMPION
from iargus.storage.database import Database
from iargus.storage.labelled.store import LabelledStore
from iargus.tasks.base import Task
from iargus.training.future_rows import future_from


def examine_windows(
    database: Database, registry: Registry, tasks: Iterable[Task], clock: Clock
) -> Iterator[Finding]:
    """For each task its labelled rows and the training window of its champion. `database` is
    `iargus`."""
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
