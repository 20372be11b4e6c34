"""Commands whose modules are imported when they are called: what one needs, pandas, SQLAlchemy or
MLflow, takes seconds that every other can spare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup

Command = Any  # of click, which Typer brings under a name of its own


@dataclass(frozen=True)
class Place:
    """Where a command is, as `module:attribute` of a function or a Typer application, and the first
    line of its help, which the list of all commands shows without importing it."""

    target: str
    help: str


class LazyGroup(TyperGroup):
    """A group of the commands that `places` names."""

    places: ClassVar[Mapping[str, Place]] = {}

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = _Commands(self.places)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        return list(self.places)

    def get_command(self, ctx: Any, cmd_name: str) -> Command | None:  # noqa: ARG002
        """The command's name and help, and nothing to call."""
        place = self.places.get(cmd_name)
        return None if place is None else TyperCommand(cmd_name, callback=None, help=place.help)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Command, list[str]]:
        """The command that is called."""
        name, named, rest = super().resolve_command(ctx, args)
        return name, named if name is None else self.commands[name], rest


class _Commands(dict[str, Command]):
    """A mapping of commands that imports each when it is first asked for."""

    def __init__(self, places: Mapping[str, Place]) -> None:
        super().__init__()
        self._places = places

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __missing__(self, name: str) -> Command:
        self[name] = _load(name, self._places[name].target)
        return self[name]

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self._places else default


def _load(name: str, target: str) -> Command:
    module, _, attribute = target.partition(":")
    found = getattr(import_module(module), attribute)
    if isinstance(found, typer.Typer):
        # Not `get_command`, which makes a group of one command that command.
        command: Command = typer.main.get_group(found)
    else:
        alone = typer.Typer(add_completion=False)
        alone.command(name)(found)
        command = typer.main.get_command(alone)
    command.name = name
    return command
