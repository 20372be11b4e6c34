"""Commands of `iargus`, each with its arguments, options and help as `--help` has them."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import typer

from iargus.cli.main import app
from scripts.reference.markdown import code, table

Command = Any  # of click, which Typer brings under a name of its own


def commands() -> Iterator[tuple[str, Command]]:
    """Every command with its full name, groups before what is in them."""
    yield from _walk("iargus", typer.main.get_command(app))


def markdown() -> str:
    """A section for each command."""
    return "\n\n".join(_section(name, command) for name, command in commands())


def _walk(name: str, command: Command) -> Iterator[tuple[str, Command]]:
    yield name, command
    for inner in _inner(command):
        context = typer.Context(command, info_name=name)
        yield from _walk(f"{name} {inner}", command.resolve_command(context, [inner])[1])


def _inner(command: Command) -> list[str]:
    return list(command.list_commands(None)) if hasattr(command, "list_commands") else []


def _section(name: str, command: Command) -> str:
    level = "#" * min(2 + name.count(" "), 4)
    parts = [f"{level} `{name}`", inspect.cleandoc(command.help or "")]
    inner = _inner(command)
    if inner:
        parts.append("Commands: " + ", ".join(code(each) for each in inner) + ".")
    context = typer.Context(command, info_name=name)
    # What `--help` would say of each: its name with its values, and its meaning with its default.
    shown = [each.get_help_record(context) for each in command.params]
    rows = [(code(names), text) for names, text in filter(None, shown)]
    if rows:
        parts.append(table(("option", "meaning"), rows))
    return "\n\n".join(part for part in parts if part)
