"""The Python API: a section for each public module of a package, which autodoc fills."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module


def modules(name: str) -> Iterator[str]:
    """A module, or a package and all modules in it that are not private."""
    yield name
    package = import_module(name)
    for found in pkgutil.iter_modules(getattr(package, "__path__", ())):
        if not found.name.startswith("_"):
            yield from modules(f"{name}.{found.name}")


def markdown(name: str) -> str:
    """The sections of a package."""
    return "\n\n".join(_section(module) for module in modules(name))


def _section(module: str) -> str:
    return (
        f"## {module}\n\n```{{eval-rst}}\n.. automodule:: {module}\n"
        "   :members:\n   :ignore-module-all:\n   :show-inheritance:\n"
        "   :member-order: bysource\n```"
    )
