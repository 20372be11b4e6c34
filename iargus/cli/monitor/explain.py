"""`iargus monitor explain`: everything about one judged month."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from iargus.atomic_write import write_atomically
from iargus.cli.monitor.screen import COLOURS, plain, print_json, print_lines, screen
from iargus.logs import configure_logging
from iargus.operations.stack import Stack

if TYPE_CHECKING:
    from iargus.mailing.content import Section, Step
    from iargus.monitoring.job.records import RunRecord
    from iargus.monitoring.period import Period

LAST = "last"
STDOUT = "-"
_ALL = 1200  # a hundred years of months
_NAMED = 24


def explain_month(
    task: Annotated[str, typer.Argument(help="A task of config.yml, such as car_price.")],
    period: Annotated[str, typer.Argument(help="A judged month such as 2026-10, or: last.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the record as JSON.")] = False,
    html: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="Write the report as a page to FILE instead; - for stdout."
        ),
    ] = None,
) -> None:
    """Say why a month was judged as it was, what was seen and done, and what you can do."""
    from iargus.mailing.outbox import mails_about
    from iargus.monitoring.job.history import view_of
    from iargus.monitoring.job.records import MonitoringRecords
    from iargus.monitoring.view.wording.explaining import explain, steps_of

    configure_logging("warning")
    wanted = _wanted(period)
    if as_json and html is not None:
        raise typer.BadParameter("either --json or --html", param_hint="--html")
    stack = Stack()
    name = stack.catalogue.get(task).name
    runs = MonitoringRecords(stack.labelled).history(name, limit=_ALL)
    place = _place(name, runs, wanted)
    view = view_of(runs[place])
    if as_json:
        print_json(view.to_json())
    elif html is not None:
        # Imported here: the page's templates are wanted nowhere else.
        from iargus.monitoring.view.report.page import render_report

        _write(render_report(view, [view_of(run) for run in runs[place + 1 :]]), html)
    else:
        month = str(runs[place].period)
        mails = [each for each in mails_about(stack.labelled, name) if each.period == month]
        state = view.status or ""
        show_sections(
            f"{name} {month}: {state}", state, explain(view, mails), steps_of(view, mails), screen()
        )


def show_sections(
    title: str, state: str, sections: Sequence[Section], steps: Sequence[Step], console: Console
) -> None:
    """Print the sections below each other, then what a person can do."""
    console.print(Text(plain(title, console), style=f"bold {COLOURS.get(state, '')}".strip()))
    for section in sections:
        lines = [("-", each) for each in section.sentences]
        lines += [("  -" if lines else "-", str(each)) for each in section.facts]
        _show(section.title, [*lines, *([("-", section.note)] if section.note else [])], console)
    lines = [
        line for step in steps for line in (("-", step.text), *(("  -", c) for c in step.commands))
    ]
    if lines:
        _show("What you can do", lines, console)


def _show(title: str, lines: list[tuple[str, str]], console: Console) -> None:
    console.print()
    console.print(Text(plain(title, console), style="bold"))
    print_lines(console, lines, indent=2)


def _wanted(period: str) -> Period | None:
    """None for the last."""
    from iargus.monitoring.period import Period

    if period == LAST:
        return None
    try:
        return Period.parse(period)
    except ValueError as error:
        raise typer.BadParameter(f"{error}, nor {LAST!r}", param_hint="PERIOD") from None


def _place(task: str, runs: Sequence[RunRecord], wanted: Period | None) -> int:
    if not runs:
        raise _failure(f"no month of {task} was judged yet; iargus monitor judges the last")
    if wanted is None:
        return 0
    months = [run.period for run in runs]
    if wanted in months:
        return months.index(wanted)
    message = f"{wanted} of {task} was not judged"
    covering = [run for run in runs if str(wanted) in (run.facts.get("missed_periods") or ())]
    if covering:
        message += f" by a run of its own; the run of {covering[0].period} covered it"
    named = ", ".join(map(str, months[:_NAMED]))
    more = f" and {len(months) - _NAMED} before" if len(months) > _NAMED else ""
    raise _failure(f"{message}; there are {named}{more}")


def _write(page: str, file: str) -> None:
    if file == STDOUT:
        typer.echo(page.encode(), nl=False)
        return
    try:
        write_atomically(Path(file), page)
    except OSError as error:
        raise _failure(f"cannot write {file}: {error.strerror or error}") from None
    typer.echo(f"written to {file}")


def _failure(message: str) -> typer.Exit:
    typer.echo(f"iargus: {message}", err=True)
    return typer.Exit(1)
