"""The console: tables and JSON on stdout, progress on stderr."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

# Wide enough that no cell is folded where there is no terminal.
PIPE_WIDTH = 240


def output() -> Console:
    """The console of stdout."""
    return Console(width=None if sys.stdout.isatty() else PIPE_WIDTH)


def print_table(
    heads: Sequence[str], rows: Iterable[Sequence[str]], *, unbroken: str | None = None
) -> None:
    """Print a table; the cells of the column `unbroken` are never folded."""
    table = Table()
    for head in heads:
        table.add_column(head, no_wrap=head == unbroken)
    for row in rows:
        table.add_row(*row)
    output().print(table)


def print_json(value: Any) -> None:
    """Print a value as JSON."""
    typer.echo(json.dumps(value, indent=2))


def iso_utc(timestamp: datetime | None) -> str | None:
    """A time in UTC without its zone, as JSON has it (RFC 3339)."""
    return None if timestamp is None else f"{timestamp.isoformat()}Z"


# A log that is read later needs progress now and then, not every step.
LINE_INTERVAL_S = 5.0

# (how far in units of `total`, rows so far)
Advance = Callable[[float, int], None]


def progress_bar(title: str, *, total: float) -> AbstractContextManager[Advance]:
    """Yield a function that shows the progress, with rows and rows per second: a bar on a terminal,
    lines elsewhere."""
    show = _bar if sys.stderr.isatty() else _lines
    return show(title, total, time.monotonic())


@contextmanager
def _bar(title: str, total: float, began: float) -> Iterator[Advance]:
    columns = Progress.get_default_columns()
    with Progress(*columns, "{task.fields[rows]}", console=Console(stderr=True)) as progress:
        # A name may hold brackets, which rich would read as markup.
        bar = progress.add_task(title.replace("[", "\\["), total=total, rows="")

        def advance(done: float, rows: int) -> None:
            progress.update(bar, completed=done, rows=_rows(rows, began))

        yield advance


@contextmanager
def _lines(title: str, total: float, began: float) -> Iterator[Advance]:
    typer.echo(f"{title} ...", err=True)
    last, shown = began, 0

    def advance(done: float, rows: int) -> None:
        nonlocal last, shown
        shown = rows
        if time.monotonic() - last >= LINE_INTERVAL_S:
            last = time.monotonic()
            share = min(done / total, 1.0) if total else 1.0
            typer.echo(f"{title}: {share:.0%}, {_rows(rows, began)}", err=True)

    yield advance
    typer.echo(f"{title}: {_rows(shown, began)}", err=True)


def _rows(rows: int, began: float) -> str:
    seconds = max(time.monotonic() - began, 1e-6)
    return f"{rows:,} rows, {rows / seconds:,.0f} rows/s"
