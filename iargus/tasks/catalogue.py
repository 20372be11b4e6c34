"""All tasks of `config.yml`, found by their kind."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

from iargus.errors import ConfigurationError
from iargus.settings.policy import Policy
from iargus.tasks.base import Task


class Catalogue:
    """The tasks by name, in the order of `config.yml`."""

    def __init__(self, tasks: dict[str, Task]) -> None:
        self._tasks = tasks

    @classmethod
    def read(cls, policy: Policy) -> Catalogue:
        """Make every task that the policy names.

        Raises:
            ConfigurationError: a kind cannot be found, or an option is invalid.
        """
        return cls(
            {
                name: _find_kind(name, block.kind)(name, block)
                for name, block in policy.tasks.items()
            }
        )

    def __iter__(self) -> Iterator[Task]:
        return iter(self._tasks.values())

    def names(self) -> list[str]:
        return list(self._tasks)

    def get(self, name: str) -> Task:
        """The task `name`.

        Raises:
            ConfigurationError: there is none; the message lists those there are.
        """
        try:
            return self._tasks[name]
        except KeyError:
            known = ", ".join(self._tasks)
            raise ConfigurationError(f"no task is called {name!r}; there are {known}") from None


def _find_kind(name: str, kind: str) -> type[Task]:
    module_name, _, class_name = kind.partition(":")
    if not class_name:
        module_name = f"iargus.tasks.{kind}"
    try:
        module = importlib.import_module(module_name)
        if not class_name and hasattr(module, "__path__"):
            # The package holds the other parts of the kind too, which are used without it.
            module_name = f"{module_name}.task"
            module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        raise ConfigurationError(f"tasks.{name}.kind: no module {error.name}") from None
    if class_name:
        found = getattr(module, class_name, None)
        kinds = [found] if isinstance(found, type) and issubclass(found, Task) else []
    else:
        kinds = [
            value
            for value in vars(module).values()
            if isinstance(value, type)
            and issubclass(value, Task)
            and value.__module__ == module_name
        ]
    if len(kinds) != 1:
        raise ConfigurationError(
            f"tasks.{name}.kind: {kind!r} must name one subclass of iargus.tasks.base.Task"
        )
    return kinds[0]
