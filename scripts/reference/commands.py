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
        yield from _walk(f"{name} {inner}", command.get_command(None, inner))


def _inner(command: Command) -> list[str]:
    return list(command.list_commands(None)) if hasattr(command, "list_commands") else []


def _section(name: str, command: Command) -> str:
    level = "#" * min(2 + name.count(" "), 4)
    parts = [f"{level} `{name}`", inspect.cleandoc(command.help or "")]
    inner = _inner(command)
    if inner:
        parts.append("Commands: " + ", ".join(code(each) for each in inner) + ".")
    rows = [_row(each) for each in command.params if not getattr(each, "hidden", False)]
    if rows:
        parts.append(table(("option", "values", "default", "meaning"), rows))
    return "\n\n".join(part for part in parts if part)


def _row(parameter: Any) -> tuple[str, ...]:
    if parameter.param_type_name == "argument":
        shown = code(parameter.name.upper())
    else:
        names = [*parameter.opts, *parameter.secondary_opts]
        shown = ", ".join(code(name) for name in names)
    values = "" if getattr(parameter, "is_flag", False) else _values(parameter.type)
    if getattr(parameter, "multiple", False):
        values = f"{values}, repeatable"
    default = parameter.default
    if callable(default) or default in (None, False, (), []):
        default = "required" if parameter.required else ""
    else:
        default = code(str(getattr(default, "value", default)))
    help_text = getattr(parameter, "help", None) or ""
    variable = getattr(parameter, "envvar", None)
    if variable:
        help_text = f"{help_text} Environment variable: `{variable}`."
    return shown, values, default, help_text


def _values(kind: Any) -> str:
    choices = getattr(kind, "choices", None)
    if choices:
        return ", ".join(code(str(getattr(choice, "value", choice))) for choice in choices)
    formats = getattr(kind, "formats", None)
    if formats:
        return ", ".join(code(each.replace("%Y-%m-%d", "YYYY-MM-DD")) for each in formats)
    low, high = getattr(kind, "min", None), getattr(kind, "max", None)
    words = str(kind.name).replace(" range", "")
    if low is not None:
        words += f" from {low:,}"
    if high is not None:
        words += f" to {high:,}"
    return words
