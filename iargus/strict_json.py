"""A strict JSON reader: no name twice, no NaN or Infinity, bounded depth, UTF-8 only.

What a library accepts changes from version to version, and of a name that comes twice one reader
takes the first and another the last (RFC 8259 section 4). Bodies, tokens and bundles are read here.
"""

from __future__ import annotations

import json
from typing import Any

import pydantic_core

_NESTING = (dict, list)


class NameTwice(ValueError):
    """An object names something twice; `name` is the first that comes a second time."""

    def __init__(self, name: str) -> None:
        super().__init__("a name is there twice")
        self.name = name


def load(data: bytes) -> Any:
    """Read one JSON value.

    Raises:
        NameTwice: an object names something twice.
        ValueError: it is no JSON; the parser's words.
    """
    # Its depth is bounded (200), so that nothing below recurses without end.
    document = pydantic_core.from_json(data, allow_inf_nan=False)
    # Each member has a colon of its own: as many as there are leave none for a second of a name.
    if data.count(b":") != _members(document):
        json.loads(data, object_pairs_hook=_named_once)
    return document


def _members(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(_members(each) for each in value.values() if type(each) in _NESTING)
    if isinstance(value, list):
        return sum(_members(each) for each in value if type(each) in _NESTING)
    return 0


def _named_once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) != len(members):
        raise NameTwice(_first_twice(members))
    return found


def _first_twice(members: list[tuple[str, Any]]) -> str:
    # Linear: a client without a token may send a hundred thousand of them.
    seen: set[str] = set()
    for name, _ in members:
        if name in seen:
            return name
        seen.add(name)
    raise AssertionError("no name is there twice")
