"""Dataclasses out of JSON that another version of IArgus may have written. Pure.

Whatever is absent, or is not of the type that is expected, is left out: a field gets its default,
an item of a list goes, and a part without a fact that it needs goes as a whole. An old month is
worth more with a gap than not at all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

Reader = Callable[[Any], Any]
_LARGEST_COUNT = 10**15
_MOST_ITEMS = 500  # of a list; no release has written so many


def decode(expected: Any, value: Any) -> Any:
    """The value as the type `expected`: a dataclass, a tuple, an enumeration, a time, a text, a
    number, or what its own `parse` makes of a text.

    Raises:
        ValueError: it is nothing of the kind.
    """
    return _reader(expected)(value)


@cache
def _reader(expected: Any) -> Reader:
    origin, inner = get_origin(expected), get_args(expected)
    if origin in (Union, UnionType):
        known = _reader(next(each for each in inner if each is not NoneType))
        return lambda value: None if value is None else known(value)
    if origin is tuple:
        return _tuple(tuple(map(_reader, inner[:-1]))) if inner[-1] is Ellipsis else _fixed(inner)
    if expected in _SCALARS:
        return _SCALARS[expected]
    if is_dataclass(expected) and not hasattr(expected, "parse"):
        return _dataclass(expected)
    parse = getattr(expected, "parse", expected)
    return lambda value: parse(_text(value))


def _dataclass(expected: Any) -> Reader:
    hints = get_type_hints(expected)
    known = [
        (each.name, _reader(hints[each.name]), each.default is each.default_factory is MISSING)
        for each in fields(expected)
        if each.init
    ]

    def read(value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise ValueError("no object")
        found: dict[str, Any] = {}
        for name, read_field, needed in known:
            try:
                found[name] = read_field(value.get(name))
            except ValueError:
                if needed:
                    raise
        return expected(**found)

    return read


def _tuple(inner: tuple[Reader, ...]) -> Reader:
    def read(value: Any) -> Any:
        found = []
        for item in _items(value)[:_MOST_ITEMS]:
            with suppress(ValueError):
                found.append(inner[0](item))
        return tuple(found)

    return read


def _fixed(inner: tuple[Any, ...]) -> Reader:
    readers = [_reader(each) for each in inner]

    def read(value: Any) -> Any:
        pairs = zip(readers, _items(value), strict=True)
        return tuple(read_item(item) for read_item, item in pairs)

    return read


def _items(value: Any) -> Any:
    if not isinstance(value, list | tuple):
        raise ValueError("no list")
    return value


def _text(value: Any) -> str:
    """A number, such as that of a version, is a text too."""
    if not isinstance(value, str):
        _number(value)
    return str(value)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("no number")
    with suppress(OverflowError):
        if math.isfinite(value):
            return float(value)
    raise ValueError("not finite")


def _count(value: Any) -> int:
    return int(min(max(_number(value), 0), _LARGEST_COUNT))


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")
    return value


def _time(value: Any) -> datetime:
    """UTC without a zone."""
    return datetime.fromisoformat(_text(value)).replace(tzinfo=None)


_SCALARS: dict[Any, Reader] = {
    str: _text,
    float: _number,
    int: _count,
    bool: _flag,
    datetime: _time,
}
