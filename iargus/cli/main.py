"""`iargus`: all commands, and the one place where an error becomes a line and an exit status."""

from __future__ import annotations

import os
import sys

import typer

import iargus.threads  # noqa: F401 - before scikit-learn is imported
from iargus.cli import (
    compare,
    db,
    doctor,
    encoder,
    import_data,
    keys,
    mlflow_ui,
    models,
    monitor,
    outbox,
    serve,
    simulate,
    sync,
    token,
    train,
)
from iargus.errors import ConfigurationError, IArgusError

app = typer.Typer(
    name="iargus",
    help="A token-secured prediction API with scheduled drift monitoring.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("setup")(serve.setup)
app.command("serve")(serve.serve)
app.command("doctor")(doctor.doctor)
app.command("train")(train.train)
app.add_typer(monitor.app, name="monitor")
app.command("compare")(compare.compare)
app.command("mlflow-ui")(mlflow_ui.mlflow_ui)
app.command("sync")(sync.sync)
app.add_typer(token.app, name="token")
app.add_typer(keys.app, name="keys")
app.add_typer(models.app, name="models")
app.add_typer(simulate.app, name="simulate")
app.add_typer(import_data.app, name="import")
app.add_typer(db.app, name="db")
app.add_typer(encoder.app, name="encoder")
app.add_typer(outbox.app, name="outbox")


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
