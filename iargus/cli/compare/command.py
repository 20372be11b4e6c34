"""`iargus compare`: two files of rows, without a database or a task."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import iargus.cli.compare.arrow_memory  # noqa: F401 - before Arrow is imported
from iargus.atomic_write import write_atomically
from iargus.cli.console import progress_bar
from iargus.cli.options import (
    Delimiter,
    Encoding,
    Sheet,
    delimiter_option,
    limit_option,
    share_option,
)
from iargus.errors import ConfigurationError, DataError, LabelsUnclear
from iargus.tables import TableOptions

if TYPE_CHECKING:
    from iargus.monitoring.comparison import Comparison

FOUND = 3
"""The exit status when there is a breach or a drift."""


def compare(
    reference: Annotated[
        Path,
        typer.Argument(
            help="CSV, Parquet, XLSX or JSON, also packed; or what --save-reference wrote.",
            show_default=False,
        ),
    ],
    current: Annotated[Path, typer.Argument(help="The new rows.", show_default=False)],
    label: Annotated[str | None, typer.Option(help="The column of the truth.")] = None,
    prediction: Annotated[str | None, typer.Option(help="The column of the predictions.")] = None,
    classes: Annotated[
        bool, typer.Option("--classes", help="Labels are classes, although they are numbers.")
    ] = False,
    amounts: Annotated[
        bool, typer.Option("--amounts", help="Labels are quantities, such as prices.")
    ] = False,
    cutoff: Annotated[
        float | None,
        typer.Option(
            help="Predictions are probabilities of the class 1, predicted from this one on.",
            callback=share_option,
        ),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(help="The threshold of the error: 0.2 is 20 %.", callback=limit_option),
    ] = None,
    max_set_aside: Annotated[
        float,
        typer.Option(
            help="Give no verdict where a larger share of the rows has no error: 0.05 is 5 %.",
            callback=share_option,
        ),
    ] = 0.05,
    column: Annotated[
        list[str] | None,
        typer.Option(help="Compare only this column; may be repeated. Default: all."),
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option(help="Do not compare this column; may be repeated.")
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(
            help="Compare this column although it looks like an identifier or a time; may be "
            "repeated."
        ),
    ] = None,
    segment: Annotated[
        list[str] | None,
        typer.Option(help="Break the error down by the values of this column; may be repeated."),
    ] = None,
    delimiter: Delimiter = None,
    encoding: Encoding = None,
    sheet: Sheet = None,
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
    categories and texts are compared; identifiers, times and an index are passed over. With a
    label and a prediction the error is told, with a threshold it is judged. Rows that repeat an
    earlier one of their file are left out of both files, or counted in both where rows are equal by
    chance. Exit status: 0 when nothing was found, 3 when something drifted or the error is surely
    above the threshold, 1 when a file cannot be read or the error cannot be judged, 2 for wrong
    usage, or where it is not clear whether labels are classes.
    """
    from iargus.monitoring.comparison import Request, compare_files

    judging = threshold is not None or segment or cutoff is not None
    if judging and (label is None or prediction is None):
        raise ConfigurationError(
            "--threshold, --segment and --cutoff need --label and --prediction"
        )
    if amounts and (classes or cutoff is not None):
        raise ConfigurationError("--amounts goes with neither --classes nor --cutoff")
    if label is not None and label == prediction:
        raise ConfigurationError(f"--label and --prediction are the same column, {label!r}")
    request = Request(
        label,
        prediction,
        classes,
        threshold,
        tuple(column or ()),
        tuple(segment or ()),
        amounts=amounts,
        cutoff=cutoff,
        ignore=tuple(ignore or ()),
        keep=tuple(keep or ()),
        most_set_aside=max_set_aside,
    )
    options = TableOptions(encoding, delimiter_option(delimiter), sheet)

    def compared(request: Request) -> Comparison:
        title = f"Comparing {current.name} with {reference.name}"
        with progress_bar(title, total=1.0) as advance:
            return compare_files(reference, current, request, options=options, progress=advance)

    try:
        found = compared(request)
    except LabelsUnclear as error:
        # Nobody to ask in a pipe: the error says which options decide it.
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise
        typer.echo(f"iargus: {error}", err=True)
        are_classes = typer.confirm("Are the labels classes?", err=True)
        found = compared(replace(request, classes=are_classes, amounts=not are_classes))
    for file in found.understood:
        typer.echo(f"{file.name}: {file.description}", err=True)
    if save_reference is not None:
        found.reference.write(save_reference)
    if html is not None:
        _write_report(found, html)
    if as_json:
        typer.echo(json.dumps(found.view.to_json(), indent=2, ensure_ascii=False))
    else:
        from iargus.cli.compare.tables import show

        show(found)
    if found.needs_review and not exit_zero:
        raise typer.Exit(FOUND)
    # A verdict was asked for; 0 would say that all is well.
    raise typer.Exit(0 if found.unjudged is None else 1)


def _write_report(found: Comparison, path: Path) -> None:
    from iargus.monitoring.view.report.page import render_report

    try:
        write_atomically(path, render_report(found.view))
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}") from error
