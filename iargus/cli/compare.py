"""`iargus compare`: two files of rows, for whoever has no database and no task."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import iargus.cli.arrow_memory  # noqa: F401 - before Arrow is imported
from iargus.cli.progress import progress_bar
from iargus.errors import ConfigurationError, DataError

if TYPE_CHECKING:
    from iargus.monitoring.files import Comparison

FOUND = 3
"""The exit status when there is a breach or a drift."""


def compare(
    reference: Annotated[
        Path,
        typer.Argument(
            help="Parquet, CSV or TSV; or the .json that --save-reference wrote.",
            show_default=False,
        ),
    ],
    current: Annotated[Path, typer.Argument(help="The new rows.", show_default=False)],
    label: Annotated[str | None, typer.Option(help="The column of the truth.")] = None,
    prediction: Annotated[str | None, typer.Option(help="The column of the predictions.")] = None,
    classes: Annotated[
        bool, typer.Option("--classes", help="Labels are names, although they are numbers.")
    ] = False,
    threshold: Annotated[
        float | None, typer.Option(help="The error that is too much: 0.2 is 20 %.", min=0.0)
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(help="Compare only this column; may be repeated. Default: all."),
    ] = None,
    segment: Annotated[
        list[str] | None,
        typer.Option(help="Tell the error by the values of this column; may be repeated."),
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write the report there.")] = None,
    save_reference: Annotated[
        Path | None,
        typer.Option(help="Write the summary of REFERENCE there, to be used in its place."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="Exit with 0 whatever is found.")
    ] = False,
) -> None:
    """Say what has changed between two files, and whether predictions are still good enough.

    Both are read in parts, so that they may be larger than memory. Columns of numbers,
    categories and texts are compared; with a label and a prediction the error is told, with a
    threshold it is judged. Rows that repeat an earlier one of their file are left out of both
    files, or counted in both where rows are equal by chance. Exit status: 0 when nothing was
    found, 3 when something drifted or the error is surely above the threshold, 1 when a file
    cannot be read, 2 for wrong usage.
    """
    from iargus.monitoring.files import Request, compare_files

    if (threshold is not None or segment) and (label is None or prediction is None):
        raise ConfigurationError("--threshold and --segment need --label and --prediction")
    request = Request(
        label, prediction, classes, threshold, tuple(column or ()), tuple(segment or ())
    )
    title = f"Comparing {current.name} with {reference.name}"
    with progress_bar(title, total=1.0) as advance:
        found = compare_files(reference, current, request, progress=advance)
    if save_reference is not None:
        found.reference.write(save_reference)
    if html is not None:
        _write_report(found, html)
    if as_json:
        typer.echo(json.dumps(found.document, indent=2, ensure_ascii=False))
    else:
        from iargus.cli.compare_tables import show

        show(found)
    raise typer.Exit(FOUND if found.needs_a_look and not exit_zero else 0)


def _write_report(found: Comparison, path: Path) -> None:
    from iargus.monitoring.report import render_report

    try:
        path.write_text(render_report(found.document), encoding="utf-8")
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}") from error
