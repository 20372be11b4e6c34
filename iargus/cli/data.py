"""`iargus data`: the labelled rows that are there."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from iargus.cli.console import print_table
from iargus.cli.options import TaskArgument
from iargus.clock import utc_now
from iargus.errors import DataError
from iargus.operations.stack import Stack
from iargus.text import counted

if TYPE_CHECKING:
    import pandas as pd

    from iargus.tasks.base import Task

app = typer.Typer(help="Inspect the labelled rows.", no_args_is_help=True)
_MOST_SHOWN = 10


@app.command("future")
def future(
    task: TaskArgument,
    set_aside: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write these rows to FILE, a new CSV file, and remove them from the database.",
        ),
    ] = None,
) -> None:
    """Show the labelled rows that are dated later than tomorrow (UTC).

    A mistyped year, such as 2062 for 2026, counts in no month and is left out of every training.
    Set aside, the rows can be corrected in their file and imported again.
    """
    # Imported here: it brings pandas, seconds that `--help` can spare.
    from iargus.storage.labelled.store import LabelledStore
    from iargus.training.rows import future_from

    stack = Stack()
    chosen = stack.catalogue.get(task)
    store = LabelledStore(chosen, stack.labelled)
    edge = future_from(utc_now())
    rows = store.rows(start=edge)
    if rows.empty:
        typer.echo(f"{task}: no row is dated later than tomorrow")
        return
    typer.echo(f"{task}: {counted(len(rows), 'row is', 'rows are')} dated later than tomorrow")
    _show(rows)
    if set_aside is None:
        typer.echo(f"To remove them: iargus data future {task} --set-aside FILE")
        return
    _write(rows, chosen, set_aside)
    try:
        store.remove(start=edge, expected=len(rows))
    except Exception:
        # The rows are still in the database, so the file must not stay.
        set_aside.unlink(missing_ok=True)
        raise
    typer.echo(f"{counted(len(rows), 'row is', 'rows are')} removed, and kept in {set_aside}")
    _advise(stack, chosen, edge, set_aside)


def _advise(stack: Stack, task: Task, edge: datetime, file: Path) -> None:
    from iargus.monitoring.period import Period
    from iargus.registry.version import CHAMPION
    from iargus.tasks.base import Storage

    is_car = task.storage is Storage.CAR_DETAILS
    command = f"cars {file}" if is_car else f"examples {file} --task {task.name}"
    typer.echo(f"Once the dates are right: iargus import {command}")
    champion = stack.registry.resolve(task.name, CHAMPION)
    if champion is not None and champion.window_end is not None and champion.window_end > edge:
        last = Period.last_complete(utc_now().date())
        typer.echo(
            f"Version {champion.version} has learned from them; train without them, and judge the "
            f"last month:\n  iargus train {task.name} --until {last}-01 --alias champion\n"
            f"  iargus monitor --task {task.name} --force"
        )


def _show(rows: pd.DataFrame) -> None:
    names = ["observed_at", "label", *(str(n) for n in rows if n not in ("observed_at", "label"))]
    shown = rows[names].head(_MOST_SHOWN).itertuples(index=False)
    print_table(names, ([str(value)[:60] for value in row] for row in shown))
    if len(rows) > _MOST_SHOWN:
        typer.echo(f"and {len(rows) - _MOST_SHOWN:,} more")


def _write(rows: pd.DataFrame, task: Task, path: Path) -> None:
    from iargus.tasks.base import Storage

    if task.storage is Storage.CAR_DETAILS:
        rows = rows.rename(columns={"label": "price", "observed_at": "date_added"})
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            rows.to_csv(file, index=False)
    except FileExistsError:
        raise DataError(f"{path} is there already; name a new file") from None
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}") from error
