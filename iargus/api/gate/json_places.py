"""Where in a document something stands, as `cars[1].mileage`: a client reads it in `errors`."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pydantic_core

MAX_PLACE_CHARS = 200
_PLAIN = re.compile(r"[A-Za-z_][\w-]{0,63}", re.ASCII)
_MAX_NAME_CHARS = 40
# A name that no client sends, and so the last one where it was put.
_MARK = "\u0001here"
_VALUE, _NAME = b'"\\u0001here",', b'"\\u0001here":0,'
_NESTING = (dict, list)
JsonPath = tuple[str | int, ...]


def spell(path: Sequence[str | int]) -> str:
    """The parts as people write them; what a client chose is cut short, and printable."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _PLAIN.fullmatch(part):
            text += f".{part}" if text else part
        else:
            text += f"[{quoted(part)}]"
        if len(text) > MAX_PLACE_CHARS:
            return f"{text[: MAX_PLACE_CHARS - 1]}…"
    return text


def quoted(name: str) -> str:
    """A name that a client chose, fit for a log and for a page: short, ASCII, and no markup."""
    text = json.dumps(name[:_MAX_NAME_CHARS])
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def places(document: Any, cause: Callable[[Any], str | None]) -> Iterator[tuple[JsonPath, str]]:
    """Every place of an object or list whose value has a cause, and the cause: those that are less
    deep first, and the others in order."""
    if type(document) not in _NESTING:
        return
    waiting: deque[tuple[JsonPath, Any]] = deque([((), document)])
    while waiting:
        path, around = waiting.popleft()
        for part, value in around.items() if type(around) is dict else enumerate(around):
            if type(value) in _NESTING:
                if value:
                    waiting.append(((*path, part), value))
            elif (detail := cause(value)) is not None:
                yield (*path, part), detail


def place_of_value(before: bytes) -> JsonPath | None:
    """The place of the value that would come next after the beginning of a document."""
    return _find(before + _VALUE)


def place_of_name(before: bytes) -> JsonPath | None:
    """The place of the object whose next name would come."""
    found = _find(before + _NAME)
    return None if found is None else found[:-1]


def place_of_last(before: bytes) -> JsonPath | None:
    """The place of the value that has just ended."""
    for mark in (_NAME, _VALUE):
        document = _part_of(before + b"," + mark)
        found = None if document is None else _last(document)
        if found:
            around = _at(document, found[:-1])
            if isinstance(around, list):
                return (*found[:-1], len(around) - 2)
            return (*found[:-1], list(around)[-2])
    return None


def _find(beginning: bytes) -> JsonPath | None:
    document = _part_of(beginning)
    return None if document is None else _last(document)


def _part_of(beginning: bytes) -> Any:
    try:
        # In C, and as deep as any document may be.
        return pydantic_core.from_json(beginning, allow_inf_nan=True, allow_partial=True)
    except ValueError:
        return None


def _last(document: Any) -> JsonPath | None:
    """The place of the mark, which is the last of everything that is open."""
    path: list[str | int] = []
    while True:
        if isinstance(document, dict) and document:
            path.append(next(reversed(document)))
        elif isinstance(document, list) and document:
            path.append(len(document) - 1)
        else:
            return tuple(path) if document == _MARK else None
        if path[-1] == _MARK:
            return tuple(path)
        document = document[path[-1]]


def _at(document: Any, path: JsonPath) -> Any:
    for part in path:
        document = document[part]
    return document
