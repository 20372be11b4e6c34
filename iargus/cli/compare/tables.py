"""What `iargus compare` prints."""

from __future__ import annotations

import typer
from rich.markup import escape
from rich.table import Table

from iargus.cli.console import output
from iargus.monitoring.comparison import Comparison
from iargus.monitoring.comparison.choosing import LOOKS_LIKE
from iargus.monitoring.view.figures import interval, percent
from iargus.monitoring.view.wording.rows import repeats

_MOST_ROWS = 20
_MOST_PASSED_OVER = 10


def show(found: Comparison) -> None:
    """The sentence, then tables of what there is to look at."""
    typer.echo(found.view.sentence)
    held, aside = found.view.interval, found.view.refused_rows
    if held is not None:
        typer.echo(f"The true error lies in the interval {interval(held)} (95 %).")
    if aside:
        typer.echo(
            f"{aside:,} rows were set aside: no label or no prediction, or none that an error can "
            "be told of."
        )
    if found.observed.repeats is not None and found.observed.repeats.repeated:
        typer.echo(repeats(found.observed.repeats))
    for table in (_drift(found), _quality(found), _segments(found)):
        if table.row_count:
            output().print(table)
    for file in found.understood:
        if file.broken:
            rows = "row" if file.broken == 1 else "rows"
            were = "was" if file.broken == 1 else "were"
            typer.echo(
                f"{file.broken:,} broken {rows} of {file.name} {were} left out: {file.first_broken}"
            )
    passed_over = found.passed_over.items()
    for name, why in list(passed_over)[:_MOST_PASSED_OVER]:
        typer.echo(f"Not compared: {name} ({why})")
    if any(why in LOOKS_LIKE for why in found.passed_over.values()):
        typer.echo("A column that is a feature nevertheless is compared with --keep COLUMN.")
    if len(passed_over) > _MOST_PASSED_OVER:
        typer.echo(f"Not compared: {len(passed_over) - _MOST_PASSED_OVER:,} more columns")


def _drift(found: Comparison) -> Table:
    table = Table("drifted", "what has changed", "effect", "from", "p")
    features = found.observed.drift.drifted if found.observed.drift is not None else ()
    for feature in features[:_MOST_ROWS]:
        for change in feature.changes:
            if change.drifted:
                names = f": {', '.join(change.names[:3])}" if change.names else ""
                table.add_row(
                    escape(feature.feature),
                    escape(f"{change.what.value}{names}"),
                    f"{change.effect:.3f}",
                    f"{change.floor:g}",
                    f"{change.p_value:.1g}" if change.p_value else "< 1e-300",
                )
    return table


def _quality(found: Comparison) -> Table:
    table = Table("fault", "column", "rows", "share", "")
    serious = found.observed.serious
    others = [each for each in found.observed.quality if each not in serious]
    for finding in [*serious, *others][:_MOST_ROWS]:
        table.add_row(
            finding.fault.value,
            escape(finding.column or "whole rows"),
            f"{finding.count:,}",
            percent(finding.share),
            escape(finding.detail),
        )
    return table


def _segments(found: Comparison) -> Table:
    table = Table("worst segments", "rows", "error", "95 %")
    for each in found.observed.segments:
        low, high = map(percent, each.interval)
        table.add_row(
            escape(each.segment), f"{each.rows:,}", percent(each.error), f"{low} to {high}"
        )
    return table
