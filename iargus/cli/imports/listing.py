"""`iargus import list` and `iargus import undo`: what was imported, and how to be rid of it."""

from __future__ import annotations

import sys
from dataclasses import asdict
from json import dumps
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from iargus.cli.console import output
from iargus.clock import to_naive_utc, utc_now
from iargus.errors import ConfigurationError, IArgusError, ImportStateError
from iargus.operations.stack import Stack

if TYPE_CHECKING:
    from iargus.storage.labelled.imports import ImportRecord, Imports

DIGEST_CHARS = 12


def list_imports(
    task: Annotated[str | None, typer.Option(help="Only imports of this task.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the imports, the newest first: files, when, and what became of their rows."""
    from iargus.storage.labelled.imports import Imports

    stack = Stack()
    if task is not None:
        stack.catalogue.get(task)
    records = Imports(stack.labelled).listed(task)
    if json:
        documents = [asdict(each) for each in records]
        typer.echo(dumps(documents, default=lambda at: f"{at}Z", indent=2))
        return
    if not records:
        typer.echo("nothing was imported yet")
        return
    table = Table("id", "when (UTC)", "task", "file", "source", "added", "there", "rejected")
    table.add_column("digest")
    table.add_column("state")
    for each in records:
        table.add_row(
            str(each.id),
            f"{each.started_at:%Y-%m-%d %H:%M:%S}",
            each.task,
            escape(each.file),
            escape(each.source),
            f"{each.added:,}",
            f"{each.known:,}",
            f"{each.rejected:,}",
            each.digest[:DIGEST_CHARS],
            _state(each),
        )
    output().print(table)
    if any(each.state == "unfinished" for each in records):
        typer.echo(
            "An unfinished import is running, or was stopped: import its file again to add the "
            "rest, or undo it"
        )


def undo_import(
    number: Annotated[
        int, typer.Argument(metavar="ID", help="The number that `iargus import list` shows.")
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete exactly the rows that an import added. Other rows, and models, stay as they are."""
    from iargus.storage.labelled.imports import UNDONE, Imports

    stack = Stack()
    imports = Imports(stack.labelled)
    record = imports.get(number)
    if record.state == UNDONE:
        raise ImportStateError(
            f"import {number} is undone already: {record.removed:,} rows were deleted at "
            f"{record.undone_at:%Y-%m-%d %H:%M:%S} UTC"
        )
    rows = imports.rows_of(number)
    typer.echo(
        f"import {number} of {record.file} ({record.started_at:%Y-%m-%d %H:%M} UTC) added "
        f"{rows.count:,} rows to {record.task}",
        err=True,
    )
    for sentence in _uses(stack, imports, record):
        typer.echo(sentence, err=True)
    if not yes:
        if not sys.stdin.isatty():
            raise ConfigurationError("nothing was deleted; say --yes to delete these rows")
        typer.confirm(f"Delete the {rows.count:,} rows?", abort=True, err=True)
    removed = imports.undo(number, to_naive_utc(utc_now()))
    typer.echo(f"import {number} is undone: {removed:,} rows deleted")


def _uses(stack: Stack, imports: Imports, record: ImportRecord) -> list[str]:
    """What has been made of the rows already, which undoing the import does not take back."""
    from iargus.monitoring.job.records import MonitoringRecords

    rows = imports.rows_of(record.id)
    if rows.first is None or rows.last is None:
        return []
    found = []
    months = [
        str(run.period)
        for run in MonitoringRecords(stack.labelled).history(record.task, limit=1_000)
        if run.finished_at >= record.started_at
        and run.window_end > rows.first
        and (run.window_start is None or run.window_start <= rows.last)
    ]
    if months:
        found.append(f"These months were judged with some of them: {', '.join(sorted(months))}")
    try:
        versions = [
            each.version
            for each in stack.registry.versions(record.task)
            if each.created_at >= record.started_at
            and (each.window_end is None or each.window_end > rows.first)
            and (each.window_start is None or each.window_start <= rows.last)
        ]
    except IArgusError as error:
        found.append(f"Whether a model has learned from them cannot be told: {error}")
        versions = []
    if versions:
        found.append(
            f"These versions of {record.task} may have learned from them: "
            f"{', '.join(sorted(versions, key=int))}"
        )
    later = [
        each
        for each in imports.listed(record.task)
        if each.id > record.id and each.known and each.state != "undone"
    ]
    if later:
        numbers = ", ".join(str(each.id) for each in reversed(later))
        found.append(
            f"Later imports found rows already there, perhaps these; import their files again "
            f"where that is so: {numbers}"
        )
    return found


def _state(record: ImportRecord) -> str:
    if record.undone_at is None:
        return record.state
    return f"undone {record.undone_at:%Y-%m-%d %H:%M}, {record.removed:,} deleted"
