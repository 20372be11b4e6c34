"""`iargus`: all commands, and the one place where an error becomes a line and an exit status."""

from __future__ import annotations

import os
import sys
from typing import ClassVar

import typer

import iargus.threads  # noqa: F401 - before scikit-learn is imported
from iargus.cli.lazily import LazyGroup
from iargus.errors import ConfigurationError, IArgusError


class Commands(LazyGroup):
    """All commands, in the order in which `--help` shows them."""

    places: ClassVar = {
        "setup": "iargus.cli.serve:setup",
        "serve": "iargus.cli.serve:serve",
        "doctor": "iargus.cli.doctor:doctor",
        "train": "iargus.cli.train:train",
        "monitor": "iargus.cli.monitor:app",
        "compare": "iargus.cli.compare:compare",
        "models": "iargus.cli.models:app",
        "outbox": "iargus.cli.outbox:app",
        "token": "iargus.cli.token:app",
        "invite": "iargus.cli.invite:app",
        "keys": "iargus.cli.keys:app",
        "import": "iargus.cli.import_data:app",
        "data": "iargus.cli.data:app",
        "simulate": "iargus.cli.simulate:app",
        "db": "iargus.cli.db:app",
        "sync": "iargus.cli.sync:sync",
        "encoder": "iargus.cli.encoder:app",
        "mlflow-ui": "iargus.cli.mlflow_ui:mlflow_ui",
    }


app = typer.Typer(
    name="iargus",
    cls=Commands,
    help="A token-secured prediction API with scheduled drift monitoring.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback()
def _iargus() -> None:
    pass  # only so that Typer makes a group, although it knows of no command


def main() -> None:
    """Run the command line: 0 done, 1 failed, 2 wrong usage or configuration."""
    try:
        app()
    except ConfigurationError as error:
        print(f"iargus: {error}", file=sys.stderr)
        sys.exit(2)
    except IArgusError as error:
        print(f"iargus: {error}", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        # The reader has gone, as in `iargus token list | head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        print("iargus: stopped", file=sys.stderr)
        sys.exit(130)
