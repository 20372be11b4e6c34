"""Commands whose modules are imported when they are called: pandas, SQLAlchemy and scikit-learn
take a second and 100 MB, which `iargus keys new` can spare."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, ClassVar

import typer
from typer.core import TyperGroup

Command = Any  # of click, which Typer brings under a name of its own


class LazyGroup(TyperGroup):
    """A group of the commands that `places` names: by name, `module:attribute` of a function or a
    Typer application."""

    places: ClassVar[Mapping[str, str]] = {}

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = _Commands(self.places)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        return list(self.places)


class _Commands(dict[str, Command]):
    """A mapping of commands that imports each when it is first asked for."""

    def __init__(self, places: Mapping[str, str]) -> None:
        super().__init__()
        self._places = places

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __missing__(self, name: str) -> Command:
        self[name] = _load(name, self._places[name])
        return self[name]

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self._places else default


def _load(name: str, place: str) -> Command:
    module, _, attribute = place.partition(":")
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
