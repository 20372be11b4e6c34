"""Values of JSON as people write them, each read by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

MAX_DOCUMENT_BYTES = 512 << 20
"""Of a JSON document, which cannot be read in parts; JSON Lines can."""


def loads(text: str) -> Any:
    """Read a value; what JSON has not and pandas writes, `NaN`, is a missing value.

    Raises:
        ValueError: it is no JSON; also where it is nested too deeply.
    """
    try:
        return json.loads(text, parse_constant=lambda _: None)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def names_of(items: Iterator[Any]) -> tuple[list[str], int]:
    """The keys of all objects in the order in which they come first, and how many items are
    lists."""
    names: dict[str, None] = {}
    lists = 0
    known: tuple[str, ...] = ()
    for item in items:
        if isinstance(item, dict):
            keys = tuple(item)
            if keys != known:
                names.update(dict.fromkeys(keys))
                known = keys
        elif isinstance(item, list):
            lists += 1
    return list(names), lists


def values_of(item: Any, names: Sequence[str]) -> tuple[Sequence[Any], str | None]:
    """The values of an object by `names`, and what is wrong if it is none."""
    if isinstance(item, dict):
        return [item.get(name) for name in names], None
    if isinstance(item, list):
        if len(item) == len(names):
            return item, None
        return item, f"the row has {len(item)} fields instead of {len(names)}"
    return [item], "the item is no object"
