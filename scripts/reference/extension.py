"""The Sphinx extension: pages are expanded when they are read."""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx

from scripts.reference.pages import expand


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what this extension does; it stores nothing between builds."""
    app.connect("source-read", _read)
    # Before napoleon, whose own marks are meant.
    app.connect("autodoc-process-docstring", _docstring, priority=400)
    app.connect("autodoc-skip-member", _skip)
    return {"version": "1", "parallel_read_safe": True}


def _read(_: Sphinx, docname: str, source: list[str]) -> None:
    source[0] = expand(source[0], f"{docname}.md")


def _skip(_: Sphinx, what: str, name: str, obj: Any, skip: bool, options: Any) -> bool | None:  # noqa: ARG001
    """Leave out the methods of scikit-learn for metadata routing, which are not used here."""
    return True if re.fullmatch(r"set_\w+_request", name) else None


def _docstring(_: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:  # noqa: ARG001
    """Docstrings are plain text with `code`: what reStructuredText would take for marks is not."""
    lines[:] = [_escaped(line) for line in lines]


def _escaped(line: str) -> str:
    # Outside of code alone, where a mark would begin or end something.
    parts = re.split(r"(``?[^`]+``?)", re.sub(r"(?<=\w)`(?=\w)", "`\\ ", line))
    return "".join(
        part if index % 2 else re.sub(r"([*|\\]|(?<=\w)_(?=\W|$))", r"\\\1", part)
        for index, part in enumerate(parts)
    )
