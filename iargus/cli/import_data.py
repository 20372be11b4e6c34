"""`iargus import`: labelled data from files."""

from __future__ import annotations

import gc
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.markup import escape
from rich.table import Table

from iargus.cli.console import output
from iargus.cli.progress import progress_bar
from iargus.clock import to_naive_utc, utc_now
from iargus.errors import ConfigurationError
from iargus.stack import Stack

if TYPE_CHECKING:
    from iargus.tasks.base import Task
    from iargus.training.importers import ImportSummary

app = typer.Typer(help="Add labelled data from files.", no_args_is_help=True)

MAX_SOURCE_CHARS = 64

File = Annotated[Path, typer.Argument(help="The file to import.", show_default=False)]
Columns = Annotated[
    list[str] | None,
    typer.Option("--column", help="field=COLUMN of the file; may be repeated.", metavar="F=C"),
]
ObservedAt = Annotated[
    datetime | None,
    typer.Option(
        "--observed-at", formats=["%Y-%m-%d"], help="The day of all rows, if the file has none."
    ),
]
Source = Annotated[
    str | None, typer.Option(help="What to write down as their source; the file's name if unset.")
]
Encoding = Annotated[str, typer.Option(help="The file's encoding, such as cp1252.")]
Delimiter = Annotated[
    str | None, typer.Option(help="What separates the columns, if not comma or tab; \\t for tab.")
]
DateFormat = Annotated[
    str | None, typer.Option(help="How dates are written, such as %m/%d/%Y; ISO 8601 if unset.")
]


@app.command("cars")
def import_cars(
    file: File,
    preset: Annotated[
        Literal["vehicles-us", "truecar"] | None, typer.Option(help="A well-known file's columns.")
    ] = None,
    column: Columns = None,
    observed_at: ObservedAt = None,
    mileage_unit: Annotated[Literal["mi", "km"], typer.Option(help="Unit of mileages.")] = "mi",
    source: Source = None,
    encoding: Encoding = "utf-8",
    delimiter: Delimiter = None,
    date_format: DateFormat = None,
    task: Annotated[str | None, typer.Option(help="The task, if there are several.")] = None,
) -> None:
    """Add sales of cars from a CSV, TSV or JSON file.

    Columns: make, model, year, mileage, price, and where there are any state and date_added.
    The same rows are never added twice; rows that break a rule go to a file under var/rejected.
    """
    from iargus.training.importers.cars import FIELDS, CarColumns
    from iargus.training.importers.columns import parse_mapping

    stack = Stack()
    layout = CarColumns(
        preset=preset,
        mapping=parse_mapping(column or [], FIELDS),
        mileage_unit=mileage_unit,
        date_format=date_format,
    )
    _import(stack, _car_task(stack, task), file, layout, observed_at, source, encoding, delimiter)


@app.command("examples")
def import_examples(
    file: File,
    task: Annotated[str, typer.Option(help="The task of config.yml, such as intent.")],
    column: Columns = None,
    observed_at: ObservedAt = None,
    source: Source = None,
    encoding: Encoding = "utf-8",
    delimiter: Delimiter = None,
    date_format: DateFormat = None,
) -> None:
    """Add labelled examples from a JSON, TSV or CSV file.

    A JSON list of objects, or a table; without a header its columns are text and label. The
    same rows are never added twice; rows that break a rule go to a file under var/rejected.
    """
    from iargus.tasks.base import Storage
    from iargus.training.importers.columns import parse_mapping
    from iargus.training.importers.examples import ExampleColumns, fields_of

    stack = Stack()
    chosen = stack.catalogue.get(task)
    if chosen.storage is not Storage.LABELLED_EXAMPLES:
        raise ConfigurationError(f"the task {task} learns from cars: use `iargus import cars`")
    layout = ExampleColumns(
        chosen, mapping=parse_mapping(column or [], fields_of(chosen)), date_format=date_format
    )
    _import(stack, chosen, file, layout, observed_at, source, encoding, delimiter)


def _import(
    stack: Stack,
    task: Task,
    file: Path,
    layout: Any,
    observed_at: datetime | None,
    source: str | None,
    encoding: str,
    delimiter: str | None,
) -> None:
    from iargus.labelled.store import labelled_store
    from iargus.training.importers import FileOptions, import_file
    from iargus.training.importers.records import check_file

    # Half a million objects of the libraries need not be looked through again and again while
    # rows come and go: that took a quarter of the time.
    gc.freeze()
    options = FileOptions(encoding, _delimiter(delimiter))
    size = check_file(file)
    with progress_bar(f"Importing {file.name}", total=size) as advance:
        summary = import_file(
            file,
            task=task,
            store=labelled_store(task, stack.labelled),
            layout=layout,
            source=(source or file.name)[:MAX_SOURCE_CHARS],
            rejected_dir=stack.settings.var_dir / "rejected",
            now=to_naive_utc(utc_now()),
            observed_at=observed_at,
            options=options,
            progress=lambda rows, done: advance(done, rows),
        )
    _show(summary, task.placeholder_rule)


def _show(summary: ImportSummary, rule: str) -> None:
    typer.echo(
        f"{summary.added:,} added, {summary.already_there:,} already there, "
        f"{summary.rejected:,} rejected"
    )
    for field, count in summary.placeholders.items():
        typer.echo(
            f"{field}: {count:,} rows have a value that nobody measured ({rule}); it is stored as "
            "unknown"
        )
    if summary.rejected_path is None:
        return
    table = Table("rejected because", "rows")
    for reason, count in sorted(summary.reasons.items(), key=lambda pair: -pair[1]):
        table.add_row(escape(reason), f"{count:,}")
    output().print(table)
    typer.echo(f"The rejected rows are in {summary.rejected_path}")


def _delimiter(text: str | None) -> str | None:
    if text is None:
        return None
    character = {"\\t": "\t", "tab": "\t"}.get(text, text)
    if len(character) != 1 or character in '"\r\n':
        raise ConfigurationError(f"--delimiter {text!r} should be one character, or \\t for a tab")
    return character


def _car_task(stack: Stack, name: str | None) -> Task:
    from iargus.tasks.base import Storage

    tasks = [task for task in stack.catalogue if task.storage is Storage.CAR_DETAILS]
    if name is not None:
        chosen = stack.catalogue.get(name)
        if chosen not in tasks:
            raise ConfigurationError(
                f"the task {name} learns from no cars: use `iargus import examples --task {name}`"
            )
        return chosen
    if not tasks:
        raise ConfigurationError("no task of config.yml learns from cars")
    return tasks[0]
