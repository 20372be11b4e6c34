"""`iargus models`: what the registry holds, promotion, rollback and signatures."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from iargus.cli.console import output
from iargus.logs import configure_logging
from iargus.operations.stack import Stack

if TYPE_CHECKING:
    from iargus.registry import ModelVersion

app = typer.Typer(help="List models, promote one, or go back to the last.", no_args_is_help=True)

TaskArgument = Annotated[str, typer.Argument(help="A task of config.yml, such as car_price.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_models(
    task: Annotated[str | None, typer.Argument(help="Only this task.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Show every version of every task, the newest first."""
    stack = _stack()
    names = stack.catalogue.names() if task is None else [stack.catalogue.get(task).name]
    found = [version for name in names for version in stack.registry.versions(name)]
    if as_json:
        typer.echo(json.dumps([_as_json(version) for version in found], indent=2))
        return
    if not found:
        typer.echo(f"No model is registered yet; train one: iargus train {names[0]}")
        return
    table = Table(
        "task", "version", "aliases", "metric", "error", "window (UTC)", "rows", "created (UTC)"
    )
    for version in found:
        table.add_row(
            version.task,
            version.version,
            ", ".join(version.aliases),
            version.metric,
            "" if version.error is None else f"{version.error:.4f}",
            f"{_day(version.window_start)} - {_day(version.window_end)}",
            "" if version.rows is None else f"{version.rows:,}",
            f"{version.created_at:%Y-%m-%d %H:%M}",
        )
    output().print(table)


@app.command("promote")
def promote(
    task: TaskArgument,
    version: Annotated[str, typer.Argument(help="The version's number.")],
    as_json: JsonOption = False,
) -> None:
    """Make a version the champion; every service follows within registry.poll_interval_s."""
    stack = _stack()
    champion = stack.registry.promote(stack.catalogue.get(task).name, version)
    _tell(champion, as_json=as_json)


@app.command("rollback")
def rollback(task: TaskArgument, as_json: JsonOption = False) -> None:
    """Make the champion before this one the champion again; repeated, the one before that."""
    stack = _stack()
    _tell(stack.registry.rollback(stack.catalogue.get(task).name), as_json=as_json)


@app.command("sign")
def sign(
    task: TaskArgument,
    version: Annotated[str, typer.Argument(help="The version's number.")],
    as_json: JsonOption = False,
) -> None:
    """Sign a version that is in the registry already, when you know where it comes from."""
    # Imported here: it brings scikit-learn, which `--help` can spare.
    from iargus.serving.sync.preparing import sign_version

    stack = _stack()
    signed = sign_version(stack.catalogue.get(task), version, stack.registry)
    if as_json:
        typer.echo(json.dumps(_as_json(signed), indent=2))
    else:
        key = signed.signature.partition(":")[0]
        typer.echo(f"{signed.task}: version {signed.version} is signed with the key {key}")


def _stack() -> Stack:
    configure_logging("warning")
    return Stack()


def _tell(version: ModelVersion, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(_as_json(version), indent=2))
    else:
        typer.echo(f"{version.task}: version {version.version} is the champion")


def _day(timestamp: datetime | None) -> str:
    return "?" if timestamp is None else f"{timestamp:%Y-%m-%d}"


def _as_json(version: ModelVersion) -> dict[str, Any]:
    start, end = version.window_start, version.window_end
    return {
        "task": version.task,
        "version": version.version,
        "aliases": list(version.aliases),
        "metric": version.metric,
        "error": version.error,
        "window_start": None if start is None else f"{start.isoformat()}Z",
        "window_end": None if end is None else f"{end.isoformat()}Z",
        "rows": version.rows,
        "created_at": f"{version.created_at.isoformat()}Z",
        "sha256": version.sha256,
        "signed_by": version.signature.partition(":")[0],
        "run_id": version.run_id,
    }
