"""What an import understood of a file, shown before anything is stored."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from iargus.cli.console import PIPE_WIDTH
from iargus.errors import DataError

if TYPE_CHECKING:
    from iargus.tables import TableOptions
    from iargus.training.importers.examples import ExampleColumns

_CELL_CHARS = 60


def confirm(path: Path, layout: ExampleColumns, options: TableOptions, *, yes: bool) -> None:
    """Show what `layout` takes for what, and ask where that is not certain.

    Raises:
        DataError: it is not certain and nobody can be asked, or somebody said no.
    """
    understood = layout.understand(path, options)
    typer.echo(f"{path.name}: {understood.description}", err=True)
    _show(understood.columns, understood.rows)
    counted = f"{understood.labels:,} {'label' if understood.labels == 1 else 'labels'}"
    notes = "".join(f"; {note}" for note in understood.notes)
    typer.echo(f"{counted} in {understood.looked_at:,} rows{notes}", err=True)
    if understood.question is None or yes:
        layout.confirmed = True
        return
    if not is_terminal():
        raise DataError(understood.refused(path))
    typer.echo(understood.question[0].upper() + understood.question[1:], err=True)
    if not typer.confirm("Import it as shown?", default=False, err=True):
        raise DataError(
            f"{path}: nothing was imported; name the columns with --column, or say --no-header if "
            "the first line is a row"
        )
    layout.confirmed = True


def is_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _show(columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Which columns are what, and the first rows; on stderr, as stdout has results."""
    console = Console(stderr=True, width=None if sys.stderr.isatty() else PIPE_WIDTH)
    heads = [name if name == column else f"{name} ({column})" for name, column in columns.items()]
    table = Table(*map(escape, heads))
    for row in rows:
        table.add_row(*(escape(_cell(row[name])) for name in columns))
    console.print(table)


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    text = "".join(c if c.isprintable() else " " for c in text)
    return text if len(text) <= _CELL_CHARS else text[: _CELL_CHARS - 1] + "…"
