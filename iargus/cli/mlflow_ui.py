"""`iargus mlflow-ui`: the page of the embedded registry."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from iargus.cli.serve.command import HOST, check_port
from iargus.errors import ConfigurationError
from iargus.operations.stack import Stack


def mlflow_ui(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port.")] = 5000,
) -> None:
    """Show the embedded registry's page on this machine only, until stopped."""
    stack = Stack()
    settings = stack.settings
    if settings.environment.mlflow_uri is not None:
        raise ConfigurationError(
            f"the registry is a server, and its page is at {settings.environment.mlflow_uri}"
        )
    check_port(HOST, port)
    if not stack.registry.is_made:
        # MLflow's server would make the store under its own name, statement by statement.
        stack.registry.check()
    typer.echo(f"The registry's page: http://{HOST}:{port}", err=True)
    sys.stderr.flush()
    command = [
        *(sys.executable, "-m", "mlflow", "server", "--host", HOST, "--port", str(port)),
        *("--workers", "1", "--backend-store-uri", settings.mlflow_uri),
        *("--default-artifact-root", str(settings.var_dir / "mlartifacts")),
    ]
    os.execve(sys.executable, command, os.environ | {"MLFLOW_DISABLE_TELEMETRY": "true"})  # noqa: S606
