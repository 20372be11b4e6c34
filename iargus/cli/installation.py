"""`iargus setup`, `iargus doctor`, `iargus db`: an installation, prepared, examined, upgraded."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import typer
from rich.markup import escape

from iargus.cli.console import print_json, print_table
from iargus.cli.options import JsonOption
from iargus.clock import utc_now
from iargus.logs import configure_logging
from iargus.operations.stack import Stack

ENCODER = Path("features_encoder.pkl")
COLOURS = {"ok": "green", "warning": "yellow", "problem": "bold red"}

databases = typer.Typer(help="Create and check the tables of both databases.", no_args_is_help=True)


def print_step(message: str) -> None:
    """Print a step of the setup."""
    typer.echo(f"• {message}", err=True)


def setup() -> None:
    """Prepare databases, key, labelled data and a first champion of each task; safe to repeat."""
    # Imported here: it brings scikit-learn, pandas and MLflow, seconds that `--help` can spare.
    from iargus.operations.setup import prepare

    stack = Stack()
    configure_logging("warning")
    for problem in prepare(stack, today=utc_now().date(), progress=print_step):
        print_step(f"No model: {problem}")


def doctor(as_json: JsonOption = False) -> None:
    """Check configuration, databases, registry, mail server and disk; sends nothing.

    Exit status 1 where there is a problem, 0 otherwise.
    """
    # Imported here: it brings MLflow and scikit-learn, seconds that `--help` can spare.
    from iargus.operations.doctor.examine import examine
    from iargus.operations.doctor.finding import Level

    configure_logging("error")
    findings = examine(Stack(), clock=utc_now, encoder=ENCODER)
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        print_table(
            ("what", "state", "found"),
            (
                (
                    escape(each.subject),
                    f"[{COLOURS[each.level]}]{each.level}[/]",
                    escape(each.detail),
                )
                for each in findings
            ),
        )
        for each in findings:
            if each.remedy:
                typer.echo(f"{each.subject}: {each.remedy}")
    if any(finding.level is Level.PROBLEM for finding in findings):
        raise typer.Exit(1)


@databases.command("upgrade")
def upgrade_databases() -> None:
    """Create what is missing, with an account that may create tables. Nothing is dropped."""
    from iargus.storage.migrate import upgrade

    stack = Stack()
    for database in (stack.labelled, stack.api):
        upgrade(database)
        typer.echo(f"{database.name}: the tables are those of this version")


@databases.command("check")
def check_databases() -> None:
    """Say whether both databases have the tables of this version; exit status 1 if not."""
    from iargus.storage.migrate import check_schema

    stack = Stack()
    for database in (stack.labelled, stack.api):
        check_schema(database)
        typer.echo(f"{database.name}: the tables are those of this version")
