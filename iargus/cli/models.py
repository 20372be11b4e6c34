"""`iargus models` and `iargus mlflow-ui`: what the registry holds, and moving its aliases."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from iargus.cli.console import iso_utc, print_json, print_table
from iargus.cli.options import JsonOption, TaskArgument
from iargus.cli.serve import HOST, check_port
from iargus.errors import ConfigurationError
from iargus.logs import configure_logging
from iargus.operations.stack import Stack

if TYPE_CHECKING:
    from iargus.registry import ModelVersion

app = typer.Typer(help="List models, promote one, or go back to the last.", no_args_is_help=True)

VersionArgument = Annotated[str, typer.Argument(help="The version's number.")]


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
        print_json([_as_json(version) for version in found])
        return
    if not found:
        typer.echo(f"No model is registered yet; train one: iargus train {names[0]}")
        return
    heads = ("task", "version", "aliases", "metric", "error", "window (UTC)", "rows")
    print_table((*heads, "created (UTC)"), map(_row, found))


@app.command("promote")
def promote(task: TaskArgument, version: VersionArgument, as_json: JsonOption = False) -> None:
    """Make a version the champion; every service follows within registry.poll_interval_s."""
    stack = _stack()
    champion = stack.registry.promote(stack.catalogue.get(task).name, version)
    _print(champion, "is the champion", as_json=as_json)


@app.command("rollback")
def rollback(task: TaskArgument, as_json: JsonOption = False) -> None:
    """Make the champion before this one the champion again; repeated, the one before that."""
    stack = _stack()
    champion = stack.registry.rollback(stack.catalogue.get(task).name)
    _print(champion, "is the champion", as_json=as_json)


@app.command("sign")
def sign(task: TaskArgument, version: VersionArgument, as_json: JsonOption = False) -> None:
    """Sign a version that is in the registry already, when you know where it comes from."""
    # Imported here: it brings scikit-learn, which `--help` can spare.
    from iargus.serving.sync.preparing import sign_version

    stack = _stack()
    signed = sign_version(stack.catalogue.get(task), version, stack.registry)
    key = signed.signature.partition(":")[0]
    _print(signed, f"is signed with the key {key}", as_json=as_json)


def mlflow_ui(port: Annotated[int, typer.Option(min=1, max=65535, help="Port.")] = 5000) -> None:
    """Show the embedded registry's page on this machine only, until stopped."""
    stack = Stack()
    settings = stack.settings
    if settings.environment.mlflow_uri is not None:
        raise ConfigurationError(
            f"the registry is a server, and its page is at {settings.environment.mlflow_uri}"
        )
    check_port(HOST, port)
    if not stack.registry.is_made:
        # MLflow's server would make the store in place, and leave a part of it when it is stopped.
        stack.registry.check()
    typer.echo(f"The registry's page: http://{HOST}:{port}", err=True)
    sys.stderr.flush()
    command = [
        *(sys.executable, "-m", "mlflow", "server", "--host", HOST, "--port", str(port)),
        *("--workers", "1", "--backend-store-uri", settings.mlflow_uri),
        *("--default-artifact-root", str(settings.var_dir / "mlartifacts")),
    ]
    os.execve(sys.executable, command, os.environ | {"MLFLOW_DISABLE_TELEMETRY": "true"})  # noqa: S606


def _stack() -> Stack:
    configure_logging("warning")
    return Stack()


def _print(version: ModelVersion, fact: str, *, as_json: bool) -> None:
    if as_json:
        print_json(_as_json(version))
    else:
        typer.echo(f"{version.task}: version {version.version} {fact}")


def _row(version: ModelVersion) -> tuple[str, ...]:
    return (
        version.task,
        version.version,
        ", ".join(version.aliases),
        version.metric,
        "" if version.error is None else f"{version.error:.4f}",
        f"{_day(version.window_start)} - {_day(version.window_end)}",
        "" if version.rows is None else f"{version.rows:,}",
        f"{version.created_at:%Y-%m-%d %H:%M}",
    )


def _day(timestamp: datetime | None) -> str:
    return "?" if timestamp is None else f"{timestamp:%Y-%m-%d}"


def _as_json(version: ModelVersion) -> dict[str, Any]:
    return {
        "task": version.task,
        "version": version.version,
        "aliases": list(version.aliases),
        "metric": version.metric,
        "error": version.error,
        "window_start": iso_utc(version.window_start),
        "window_end": iso_utc(version.window_end),
        "rows": version.rows,
        "created_at": iso_utc(version.created_at),
        "sha256": version.sha256,
        "signed_by": version.signature.partition(":")[0],
        "run_id": version.run_id,
    }
