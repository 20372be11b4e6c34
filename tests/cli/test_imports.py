"""What each command imports: what it does not need costs seconds, which only modules tell on every
machine."""

from __future__ import annotations

import inspect
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from iargus.cli.main import COMMANDS, app

HEAVY = (
    *("alembic", "cryptography", "fastapi", "jwt", "matplotlib", "mlflow", "mysql", "numpy"),
    *("pandas", "pyarrow", "pydantic", "requests", "scipy", "sklearn", "skops", "sqlalchemy"),
)
# Runs commands one after the other in one process, and prints which of the modules it has then.
PROGRAM = """
import os, sys
from iargus.cli.main import main
sink = os.open(os.devnull, os.O_WRONLY)
shown = os.dup(1)
os.dup2(sink, 1)
for words in sys.argv[1:]:
    sys.argv = ["iargus", *words.split()]
    try:
        main()
    except SystemExit as stop:
        if stop.code:
            sys.exit(f"iargus {words}: exit status {stop.code}")
    sys.stdout.flush()
os.dup2(shown, 1)
print(*sorted(name for name in HEAVY if name in sys.modules))
"""


def imported(tmp_path: Path, *commands: str) -> set[str]:
    program = PROGRAM.replace("HEAVY", repr(HEAVY))
    (tmp_path / "config.yml").write_text("{}\n")
    environ = {
        "PATH": os.environ["PATH"],
        "IARGUS_VAR": str(tmp_path / "var"),
        "IARGUS_CONFIG": str(tmp_path / "config.yml"),
    }
    done = subprocess.run(
        [sys.executable, "-c", program, *commands], env=environ, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def every_command() -> list[str]:
    """Every command and group of commands, in words."""
    found = [""]
    for name in COMMANDS:
        found.append(name)
        command = _command(name)
        found += [f"{name} {each}" for each in getattr(command, "commands", ())]
    return found


def _command(name: str) -> object:
    group = typer.main.get_command(app)
    return group.resolve_command(typer.Context(group), [name])[1]  # type: ignore[attr-defined]


def test_the_help_of_no_command_imports_what_the_command_needs(tmp_path: Path) -> None:
    commands = every_command()
    assert {"keys list", "monitor history", "import cars", "serve"} < set(commands)
    # Typer asks pydantic about the types of options, where it is there.
    assert imported(tmp_path, *(f"{words} --help" for words in commands)) <= {"pydantic"}
    assert imported(tmp_path, "--help") == set()


@pytest.mark.parametrize(
    ("command", "needed"),
    [
        ("keys new", {"pydantic"}),
        ("keys list", {"pydantic", "sqlalchemy", "cryptography"}),
        ("token list", {"pydantic", "sqlalchemy", "cryptography", "jwt"}),
        ("invite list", {"pydantic", "sqlalchemy", "cryptography", "jwt"}),
        ("outbox list", {"pydantic", "sqlalchemy"}),
        ("db check", {"pydantic", "sqlalchemy", "alembic"}),
        # The kinds of tasks need numpy to say what they are.
        ("models list", {"pydantic", "numpy"}),
    ],
)
def test_a_command_imports_no_more_than_it_needs(
    tmp_path: Path, empty_var: Path, command: str, needed: set[str]
) -> None:
    shutil.copytree(empty_var, tmp_path / "var")
    assert imported(tmp_path, command) <= needed


def test_the_list_of_commands_says_what_each_says_of_itself() -> None:
    for name, (_, help_line) in COMMANDS.items():
        said = inspect.cleandoc(getattr(_command(name), "help", "") or "")
        assert help_line == " ".join(said.split("\n\n")[0].split()), name
