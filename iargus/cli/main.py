"""`iargus`: all commands, and the one place where an error becomes a line and an exit status."""

from __future__ import annotations

import os
import sys
from typing import ClassVar

import typer

import iargus.threads  # noqa: F401 - before scikit-learn is imported
from iargus.cli.lazy_group import LazyGroup, Place
from iargus.errors import ConfigurationError, IArgusError


class Commands(LazyGroup):
    """All commands, in the order in which `--help` shows them."""

    places: ClassVar = {
        "setup": Place(
            "iargus.cli.serve.command:setup",
            "Prepare databases, key, labelled data and a first champion of each task; safe to repeat.",  # noqa: E501
        ),
        "serve": Place(
            "iargus.cli.serve.command:serve",
            "Set up what is missing, then serve the API with gunicorn until stopped.",
        ),
        "doctor": Place(
            "iargus.cli.doctor:doctor",
            "Check configuration, databases, registry, mail server and disk; sends nothing.",
        ),
        "train": Place(
            "iargus.cli.train:train",
            "Train a model on the labelled rows, measure it on held-out rows, and register it.",
        ),
        "monitor": Place(
            "iargus.cli.monitor.commands:app",
            "Judge last month's new rows; retrain, promote and mail where that is needed.",
        ),
        "compare": Place(
            "iargus.cli.compare.command:compare",
            "Say what has changed between two files, and whether predictions are still good enough.",  # noqa: E501
        ),
        "models": Place(
            "iargus.cli.models:app", "List models, promote one, or go back to the last."
        ),
        "outbox": Place(
            "iargus.cli.outbox:app", "Show the mails of monitoring and send those that wait."
        ),
        "token": Place(
            "iargus.cli.token.commands:app",
            "List, issue and revoke tokens, and notify of their expiry.",
        ),
        "invite": Place("iargus.cli.invite:app", "Create, list and revoke invitations."),
        "keys": Place("iargus.cli.keys:app", "Signing keys."),
        "import": Place("iargus.cli.imports.command:app", "Add labelled data from files."),
        "data": Place("iargus.cli.data:app", "Inspect the labelled rows."),
        "simulate": Place("iargus.cli.simulate:app", "Simulate labelled data."),
        "db": Place("iargus.cli.db:app", "Create and check the tables of both databases."),
        "sync": Place(
            "iargus.cli.sync:sync",
            "Fetch the champions from the registry, check them and place them under var/models.",
        ),
        "encoder": Place("iargus.cli.encoder:app", "Write or check features_encoder.pkl."),
        "mlflow-ui": Place(
            "iargus.cli.mlflow_ui:mlflow_ui",
            "Show the embedded registry's page on this machine only, until stopped.",
        ),
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
