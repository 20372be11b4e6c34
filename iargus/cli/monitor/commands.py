"""`iargus monitor` and `python model_monitoring.py`: the monthly run, and what it remembers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from iargus.cli.monitor.explain import explain_month
from iargus.cli.monitor.history import history
from iargus.cli.monitor.run import run_month

app = typer.Typer()

TaskOption = Annotated[
    list[str] | None,
    typer.Option(help="Judge only this task; may be repeated. Default: all of config.yml."),
]
AsOfOption = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d"],
        help="Judge the last month that was complete on this day (UTC). Default: today.",
    ),
]
ForceOption = Annotated[
    bool, typer.Option("--force", help="Judge the month again although it is recorded.")
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Write nothing anywhere; say what would be done.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.callback(invoke_without_command=True)
def monitor(
    context: typer.Context,
    task: TaskOption = None,
    as_of: AsOfOption = None,
    force: ForceOption = False,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Judge last month's new rows; retrain, promote and mail where that is needed.

    Without a command this is the monthly run, like "iargus monitor run".
    A month that was judged already is passed over, so it may run every day.

    Exit status: 0 when every task was judged ("not enough data" is a
    judgement, "not due" is fine), 1 when one could not be judged or a mail
    could not be sent, 2 for wrong usage or configuration.
    """
    if context.invoked_subcommand is None:
        run_month(task, as_of, force=force, dry_run=dry_run, as_json=as_json)
    elif task or as_of or force or dry_run or as_json:
        # Passing over --dry-run here would be the worst surprise.
        name = context.invoked_subcommand
        raise typer.BadParameter(f"options go behind the command: iargus monitor {name} --help")


@app.command("run")
def run(
    task: TaskOption = None,
    as_of: AsOfOption = None,
    force: ForceOption = False,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """The monthly run; the same as without a command."""
    run_month(task, as_of, force=force, dry_run=dry_run, as_json=as_json)


app.command("history")(history)
app.command("explain")(explain_month)
