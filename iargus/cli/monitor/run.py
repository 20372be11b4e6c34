"""The monthly run, started by hand or by a scheduler."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from iargus.cli.monitor.screen import print_json, screen
from iargus.clock import utc_now
from iargus.logs import configure_logging
from iargus.operations.stack import Stack

if TYPE_CHECKING:
    from iargus.monitoring.job.context import Progress

_FIRST_YEAR = 1970
logger = logging.getLogger(__name__)


def run_month(
    task: list[str] | None, as_of: datetime | None, *, force: bool, dry_run: bool, as_json: bool
) -> None:
    """Run, print the result, and end with its exit status."""
    from iargus.cli.monitor.tables import show
    from iargus.monitoring.job import job
    from iargus.serving.recording.store import SqlPredictionStore

    stack = Stack()
    day = _day(as_of)
    names = list(dict.fromkeys(task)) if task else stack.catalogue.names()
    tasks = [stack.catalogue.get(name) for name in names]
    with _progress(stack.settings.policy.log_level) as progress:
        result = job.run_month(
            tasks,
            as_of=day,
            force=force,
            dry_run=dry_run,
            database=stack.labelled,
            registry=stack.registry,
            settings=stack.settings,
            recorded=SqlPredictionStore(stack.api),
            progress=progress,
        )
    if as_json:
        print_json(result.to_json())
    else:
        show(result, screen())
    raise typer.Exit(result.exit_code)


def _day(as_of: datetime | None) -> date:
    today = utc_now().astimezone(UTC).date()
    if as_of is None:
        return today
    if as_of.date() > today:
        raise typer.BadParameter(
            f"{as_of:%Y-%m-%d} has not come yet; today is {today} (UTC)", param_hint="--as-of"
        )
    if as_of.year < _FIRST_YEAR:
        raise typer.BadParameter(
            f"{as_of:%Y-%m-%d} lies before any labelled row can", param_hint="--as-of"
        )
    return as_of.date()


@contextmanager
def _progress(log_level: str) -> Iterator[Progress]:
    """A line that changes on a terminal, lines of the log elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        configure_logging(log_level)
        yield logger.info
        return
    with console.status("starting") as status:
        # Now, as the changing line stands in for stderr and lets the log's lines through.
        configure_logging(log_level)
        yield status.update
