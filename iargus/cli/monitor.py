"""`iargus monitor` and `python model_monitoring.py`: the monthly run."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Annotated

import typer
from rich.console import Console

from iargus.cli.console import output
from iargus.cli.monitor_tables import show
from iargus.clock import utc_now
from iargus.logs import configure_logging
from iargus.monitoring.job import MonitoringJob
from iargus.monitoring.request import Progress
from iargus.stack import Stack

logger = logging.getLogger(__name__)


def monitor(
    task: Annotated[
        list[str] | None,
        typer.Option(help="Judge only this task; may be repeated. Default: all of config.yml."),
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="Judge the last month that was complete on this day (UTC). Default: today.",
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Judge the month again although it is recorded.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write nothing anywhere; say what would be done.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Judge last month's new rows; retrain, promote and mail where that is needed.

    A month that was judged already is passed over, so this may run every day. Exit status: 0
    when every task was judged ("not enough data" is a judgement, "not due" is fine), 1 when one
    could not be judged or a mail could not be sent, 2 for wrong usage or configuration.
    """
    stack = Stack()
    day = _day(as_of)
    names = list(dict.fromkeys(task)) if task else stack.catalogue.names()
    tasks = [stack.catalogue.get(name) for name in names]
    with _progress(stack.settings.policy.log_level) as progress:
        result = MonitoringJob(
            database=stack.labelled,
            registry=stack.registry,
            settings=stack.settings,
            progress=progress,
        ).run(tasks, as_of=day, force=force, dry_run=dry_run)
    if as_json:
        typer.echo(json.dumps(result.to_json(), indent=2, ensure_ascii=False))
    else:
        show(result, output())
    raise typer.Exit(result.exit_code)


def _day(as_of: datetime | None) -> date:
    today = utc_now().astimezone(UTC).date()
    if as_of is None:
        return today
    if as_of.date() > today:
        raise typer.BadParameter(
            f"{as_of:%Y-%m-%d} has not come yet; today is {today} (UTC)", param_hint="--as-of"
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
