"""`iargus monitor history`: how a task has fared, month by month."""

from __future__ import annotations

from typing import Annotated

import typer

from iargus.cli.monitor.screen import print_json, screen
from iargus.clock import utc_now
from iargus.logs import configure_logging
from iargus.operations.stack import Stack


def history(
    tasks: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TASK]...", help="Only these tasks. Default: all of config.yml."),
    ] = None,
    task: Annotated[
        list[str] | None, typer.Option(help="Only this task, as for the run; may be repeated.")
    ] = None,
    months: Annotated[
        int, typer.Option(min=1, max=1200, help="How many judged months to show.")
    ] = 24,
    as_json: Annotated[bool, typer.Option("--json", help="Print the records as JSON.")] = False,
) -> None:
    """Show the judged months of each task, the newest last.

    Each line has the error of a month, with its 95 % interval drawn against
    the limit; months without a run are named. Below them is what stood out:
    drift, serious findings, retraining and mails.
    """
    from iargus.cli.monitor.history_table import show_history
    from iargus.mailing.outbox import mails_about
    from iargus.monitoring.job.history import view_of
    from iargus.monitoring.job.records import MonitoringRecords
    from iargus.monitoring.period import Period

    configure_logging("warning")
    stack = Stack()
    wanted = dict.fromkeys([*(tasks or ()), *(task or ())])
    names = [stack.catalogue.get(name).name for name in wanted or stack.catalogue.names()]
    records = MonitoringRecords(stack.labelled)
    found = {
        name: [view_of(run) for run in reversed(records.history(name, limit=months))]
        for name in names
    }
    if as_json:
        print_json([view.to_json() for views in found.values() for view in views])
        return
    judged = {name: views for name, views in found.items() if views}
    silent = [name for name in names if name not in judged]
    console = screen()
    due = Period.last_complete(utc_now().date())
    for name, views in judged.items():
        mails = mails_about(stack.labelled, name)
        show_history(name, views, mails, due=due, console=console)
    if silent:
        typer.echo(
            f"No month of {', '.join(silent)} was judged yet; iargus monitor judges the last."
        )
