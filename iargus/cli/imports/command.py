"""`iargus import`: labelled data from files."""

from __future__ import annotations

import gc
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.markup import escape
from rich.table import Table

from iargus.cli.console import output, progress_bar
from iargus.cli.imports.listing import list_imports, undo_import
from iargus.cli.options import Delimiter, Encoding, Sheet, delimiter_option
from iargus.clock import to_naive_utc, utc_now
from iargus.errors import ConfigurationError
from iargus.operations.stack import Stack
from iargus.tables import TableOptions

if TYPE_CHECKING:
    from iargus.tasks.base import Task
    from iargus.training.importers import ImportSummary

app = typer.Typer(help="Add labelled data from files.", no_args_is_help=True)

app.command("list")(list_imports)
app.command("undo")(undo_import)

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
Source = Annotated[str | None, typer.Option(help="The source to record; the file's name if unset.")]
DateFormat = Annotated[
    str | None,
    typer.Option(help="How dates are written, such as %m/%d/%Y; as the whole file shows if unset."),
]
AllowRejected = Annotated[
    str | None,
    typer.Option(
        metavar="SHARE|all",
        help="The share of rows that may be rejected, such as 0.3; with more, nothing is added. "
        "A fifth if unset, or a half of fewer than 100 rows.",
    ),
]


@app.command("cars")
def import_cars(
    file: File,
    preset: Annotated[
        Literal["vehicles-us", "truecar"] | None, typer.Option(help="A well-known file's columns.")
    ] = None,
    column: Columns = None,
    observed_at: ObservedAt = None,
    mileage_unit: Annotated[
        Literal["mi", "km"] | None,
        typer.Option(help="Unit of all mileages; as they say, and miles if unset."),
    ] = None,
    decimal: Annotated[
        Literal[".", ","] | None,
        typer.Option(help="The decimal sign of numbers; as the whole file shows if unset."),
    ] = None,
    currency: Annotated[
        str, typer.Option(help="The currency that prices may name; nothing is converted.")
    ] = "USD",
    source: Source = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    sheet: Sheet = None,
    date_format: DateFormat = None,
    allow_rejected: AllowRejected = None,
    task: Annotated[str | None, typer.Option(help="The task, if there are several.")] = None,
) -> None:
    """Add sales of cars from a file: CSV, JSON, JSON Lines, XLSX or Parquet, also packed.

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
        decimal=decimal,
        currency=currency.strip().upper(),
    )
    options = TableOptions(encoding, delimiter_option(delimiter), sheet)
    chosen = _car_task(stack, task)
    _import(stack, chosen, file, layout, observed_at, source, options, allow_rejected)


@app.command("examples")
def import_examples(
    file: File,
    task: Annotated[str, typer.Option(help="The task of config.yml, such as intent.")],
    column: Columns = None,
    observed_at: ObservedAt = None,
    source: Source = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    sheet: Sheet = None,
    split: Annotated[
        str | None, typer.Option(help="Only this part of a file that has several, such as train.")
    ] = None,
    date_format: DateFormat = None,
    allow_rejected: AllowRejected = None,
    header: Annotated[
        bool | None,
        typer.Option("--header/--no-header", help="Whether the first row names the columns."),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Do not ask whether the columns are right.")
    ] = False,
) -> None:
    """Add labelled examples from a file: CSV, JSON, JSON Lines, XLSX, Parquet, or the training
    data of Rasa, SNIPS, CLINC150, Banking77 and MASSIVE; also packed with gzip or zip.

    What was understood is shown first. Where names do not tell which column is the text and which
    the label, it is asked; without a terminal, --yes or --column is needed. The same rows are
    never added twice; rows that break a rule go to a file under var/rejected.
    """
    from iargus.cli.imports.preview import confirm
    from iargus.tasks.base import Storage
    from iargus.training.importers.columns import parse_mapping
    from iargus.training.importers.examples import ExampleColumns
    from iargus.training.importers.names import fields_of

    stack = Stack()
    chosen = stack.catalogue.get(task)
    if chosen.storage is not Storage.LABELLED_EXAMPLES:
        raise ConfigurationError(f"the task {task} learns from cars: use `iargus import cars`")
    mapping = parse_mapping(column or [], fields_of(chosen))
    layout = ExampleColumns(chosen, mapping=mapping, date_format=date_format, header=header)
    options = TableOptions(encoding, delimiter_option(delimiter), sheet, split)
    confirm(file, layout, options, yes=yes)
    _import(stack, chosen, file, layout, observed_at, source, options, allow_rejected)


def _import(
    stack: Stack,
    task: Task,
    file: Path,
    layout: Any,
    observed_at: datetime | None,
    source: str | None,
    options: TableOptions,
    allow_rejected: str | None,
) -> None:
    from iargus.storage.labelled.imports import Imports
    from iargus.training.importers import AllowedRejections, CarColumns, import_file

    # Half a million objects of the libraries need not be looked through again and again while
    # rows come and go: that took a quarter of the time.
    gc.freeze()
    allowed = AllowedRejections.parse(allow_rejected)
    if isinstance(layout, CarColumns):
        with closing(layout.open(file, options)) as table:
            typer.echo(f"{file.name}: {table.description()}", err=True)
    with progress_bar(f"Importing {file.name}", total=1) as advance:
        summary = import_file(
            file,
            task=task,
            imports=Imports(stack.labelled),
            layout=layout,
            source=(source or file.name)[:MAX_SOURCE_CHARS],
            rejected_dir=stack.settings.var_dir / "rejected",
            now=to_naive_utc(utc_now()),
            observed_at=observed_at,
            options=options,
            allowed=allowed,
            progress=lambda rows, share: advance(share, rows),
        )
    _show(summary)


def _show(summary: ImportSummary) -> None:
    typer.echo(
        f"{summary.added:,} added, {summary.already_there:,} already there, "
        f"{summary.rejected:,} rejected"
    )
    for sentence in summary.said:
        typer.echo(sentence, err=True)
    for note, count in sorted(summary.notes.items(), key=lambda pair: -pair[1]):
        typer.echo(f"{count:,}: {note}")
    if summary.added:
        undo = f"`iargus import undo {summary.import_id}`"
        typer.echo(f"This was import {summary.import_id}; {undo} removes its rows", err=True)
    if summary.rejected_path is None:
        return
    table = Table("rejected because", "rows", "such as", "where", "try")
    for reason, count in sorted(summary.reasons.items(), key=lambda pair: -pair[1]):
        example = summary.examples[reason]
        value = "" if example.value is None else example.value
        table.add_row(
            escape(reason), f"{count:,}", escape(value), example.where, escape(example.option or "")
        )
    output().print(table)
    typer.echo(f"The rejected rows are in {summary.rejected_path}")


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
