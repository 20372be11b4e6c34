"""`iargus`: all commands, and the one place where an error becomes a line and an exit status.

The module of a command is imported when it is called: what one needs, pandas, SQLAlchemy or MLflow,
takes seconds that the others can spare.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

import iargus.threads  # noqa: F401 - before scikit-learn is imported
from iargus.errors import ConfigurationError, IArgusError

# In the order in which `--help` shows them: where each is, as `module:attribute` of a function or a
# Typer application, and the first line of its help.
COMMANDS = {
    "setup": (
        "iargus.cli.installation:setup",
        "Prepare databases, key, labelled data and a first champion of each task; safe to repeat.",
    ),
    "serve": (
        "iargus.cli.serve:serve",
        "Set up what is missing, then serve the API with gunicorn until stopped.",
    ),
    "doctor": (
        "iargus.cli.installation:doctor",
        "Check configuration, databases, registry, mail server and disk; sends nothing.",
    ),
    "train": (
        "iargus.cli.train:train",
        "Train a model on the labelled rows, measure it on held-out rows, and register it.",
    ),
    "monitor": (
        "iargus.cli.monitor.commands:app",
        "Judge last month's new rows; retrain, promote and mail where that is needed.",
    ),
    "compare": (
        "iargus.cli.compare.command:compare",
        "Say what has changed between two files, and whether predictions are still good enough.",
    ),
    "models": ("iargus.cli.models:app", "List models, promote one, or go back to the last."),
    "outbox": ("iargus.cli.outbox:app", "Show the mails of monitoring and send those that wait."),
    "token": (
        "iargus.cli.token.commands:app",
        "List, issue and revoke tokens, and notify of their expiry.",
    ),
    "invite": ("iargus.cli.invite:app", "Create, list and revoke invitations."),
    "keys": ("iargus.cli.keys:app", "Signing keys."),
    "import": ("iargus.cli.imports.command:app", "Add labelled data from files."),
    "data": ("iargus.cli.data:app", "Inspect the labelled rows."),
    "simulate": ("iargus.cli.simulate:app", "Simulate labelled data."),
    "db": ("iargus.cli.installation:databases", "Create and check the tables of both databases."),
    "sync": (
        "iargus.cli.sync:sync",
        "Fetch the champions from the registry, check them and place them under var/models.",
    ),
    "encoder": ("iargus.cli.encoder:app", "Write or check features_encoder.pkl."),
    "mlflow-ui": (
        "iargus.cli.models:mlflow_ui",
        "Show the embedded registry's page on this machine only, until stopped.",
    ),
}


class LazyGroup(TyperGroup):
    """The group of all commands; each is a name and a line of help until it is called."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = {
            name: TyperCommand(name, callback=None, help=help_line)
            for name, (_, help_line) in COMMANDS.items()
        }

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Import the command that is called."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command if name is None else _load(name), rest


def _load(name: str) -> Any:
    module, _, attribute = COMMANDS[name][0].partition(":")
    found = getattr(import_module(module), attribute)
    if isinstance(found, typer.Typer):
        # Not `get_command`, which makes a group of one command that command.
        command: Any = typer.main.get_group(found)
    else:
        single = typer.Typer(add_completion=False)
        single.command(name)(found)
        command = typer.main.get_command(single)
    command.name = name
    return command


app = typer.Typer(
    name="iargus",
    cls=LazyGroup,
    help="A token-secured prediction API with scheduled drift monitoring.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback()
def _iargus() -> None:
    pass  # so that Typer makes a group, although no command is registered


def main() -> None:
    """Run the command line: 0 done, 1 failed, 2 wrong usage or configuration."""
    try:
        app()
    except IArgusError as error:
        print(f"iargus: {error}", file=sys.stderr)
        sys.exit(2 if isinstance(error, ConfigurationError) else 1)
    except BrokenPipeError:
        # The reader has gone, as in `iargus token list | head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        print("iargus: stopped", file=sys.stderr)
        sys.exit(130)
