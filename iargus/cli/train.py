"""`iargus train`: from the labelled rows in the database to a version in the registry."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console

from iargus.cli.console import print_table
from iargus.cli.options import TaskArgument
from iargus.clock import utc_now
from iargus.errors import DataError
from iargus.logs import configure_logging
from iargus.operations.stack import Stack

if TYPE_CHECKING:
    from iargus.registry import ModelVersion

AliasOption = Literal["auto", "champion", "challenger", "none"]
_DAY = ["%Y-%m-%d"]


def train(
    task: TaskArgument,
    since: Annotated[
        datetime | None, typer.Option(formats=_DAY, help="Only rows from this day on (UTC).")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=_DAY, help="Only rows before this day (UTC).")
    ] = None,
    alias: Annotated[
        AliasOption, typer.Option(help="auto: champion where there is none, challenger otherwise.")
    ] = "auto",
) -> None:
    """Train a model on the labelled rows, measure it on held-out rows, and register it."""
    # Imported here: they bring scikit-learn and pandas, seconds that `--help` can spare.
    from iargus.monitoring.month.reference import reference_files
    from iargus.storage.labelled.store import LabelledStore
    from iargus.training import fit
    from iargus.training.rows import training_rows

    stack = Stack()
    configure_logging("warning")
    chosen = stack.catalogue.get(task)
    if since is not None and until is not None and since >= until:
        raise DataError(f"--since {since:%Y-%m-%d} is not before --until {until:%Y-%m-%d}")
    with _steps() as step:
        step("reading the labelled rows")
        found = training_rows(
            LabelledStore(chosen, stack.labelled), now=utc_now(), start=since, end=until
        )
        rows, left_out = found.rows, found.left_out(task)
        if left_out is not None:
            typer.echo(f"iargus: {left_out}", err=True)
        if rows.empty:
            raise DataError(
                f"{task} has no labelled rows"
                + (" in that time" if since or until else "")
                + "; `iargus import` or `iargus simulate` brings some"
            )
        measured: dict[str, float] = {}
        version = fit.train(
            chosen,
            rows,
            registry=stack.registry,
            source="iargus train",
            alias=alias,
            progress=step,
            measured=measured.update,
            files=reference_files,
        )
    _show(version, measured)


def _show(version: ModelVersion, metrics: dict[str, float]) -> None:
    named = ", ".join(version.aliases) or "no alias"
    typer.echo(f"{version.task}: version {version.version} ({named}), {version.rows} rows")
    metrics = dict(metrics)
    folds = metrics.pop("cv_folds", None)
    name = next((name for name in metrics if name.endswith("_cv")), None)
    if name is not None and folds is not None:
        mean, low, high = (metrics.pop(key) for key in (name, f"{name}_low", f"{name}_high"))
        typer.echo(
            f"{name.removesuffix('_cv')}: {mean:.1%} over {folds:.0f} splits "
            f"(95 % interval {low:.1%} to {high:.1%}); on the newest or first of them:"
        )
    print_table(
        ("metric", "value of one split"),
        (
            (name, f"{value:,.4f}" if abs(value) < 100 else f"{value:,.0f}")
            for name, value in metrics.items()
        ),
    )


@contextmanager
def _steps() -> Iterator[Callable[[str], None]]:
    """Yield a function that shows the current step: a spinner on a terminal, lines elsewhere."""
    console = Console(stderr=True)
    began = time.monotonic()
    if not sys.stderr.isatty():
        yield lambda text: typer.echo(f"[{time.monotonic() - began:6.1f} s] {text}", err=True)
        return
    with console.status("") as status:
        last = ""

        def show(text: str) -> None:
            nonlocal last
            if last:
                console.print(f"[green]✓[/green] {last} [dim]{time.monotonic() - began:.1f} s[/]")
            last = text
            status.update(text)

        yield show
        show("")
