"""`iargus doctor`: what is wrong with an installation, and what to do about it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from iargus.cli.console import output
from iargus.clock import utc_now
from iargus.logs import configure_logging
from iargus.operations.stack import Stack

if TYPE_CHECKING:
    from iargus.operations.doctor.finding import Finding

ENCODER = Path("features_encoder.pkl")
COLOURS = {"ok": "green", "warning": "yellow", "problem": "bold red"}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check configuration, databases, registry, mail server and disk; sends nothing.

    Exit status 1 where there is a problem, 0 otherwise.
    """
    # Imported here: it brings MLflow and scikit-learn, seconds that `--help` can spare.
    from iargus.operations.doctor.examine import examine
    from iargus.operations.doctor.finding import Level

    configure_logging("error")
    findings = examine(Stack(), clock=utc_now, encoder=ENCODER)
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        _show(findings)
    if any(finding.level is Level.PROBLEM for finding in findings):
        raise typer.Exit(1)


def _show(findings: list[Finding]) -> None:
    table = Table("what", "state", "found", show_lines=False)
    for finding in findings:
        colour = COLOURS[finding.level]
        table.add_row(
            escape(finding.subject), f"[{colour}]{finding.level}[/]", escape(finding.detail)
        )
    output().print(table)
    for finding in findings:
        if finding.remedy:
            typer.echo(f"{finding.subject}: {finding.remedy}")
