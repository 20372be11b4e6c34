"""Dataclasses out of JSON that another version of IArgus may have written. Pure.

Whatever is absent, or is not of the type that is expected, is left out: a field gets its default,
an item of a list goes, and a part without a fact that it needs goes as a whole. An old month is
worth more with a gap than not at all.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

_LARGEST_COUNT = 10**15
_hints = cache(get_type_hints)


def decode(expected: Any, value: Any) -> Any:
    """The value as the type `expected`: a dataclass, a tuple, an enumeration, a time, a text, a
    number, or what its own `parse` reads from a text.

    Raises:
        ValueError: it is nothing of the kind.
    """
    origin, inner = get_origin(expected), get_args(expected)
    if origin in (Union, UnionType):
        known = next(each for each in inner if each is not NoneType)
        return None if value is None else decode(known, value)
    if origin is tuple:
        return _tuple(inner, value)
    if hasattr(expected, "parse"):
        return expected.parse(_text(value))
    if is_dataclass(expected):
        return _dataclass(expected, value)
    read = _SCALARS.get(expected)
    return expected(_text(value)) if read is None else read(value)


def _dataclass(expected: Any, value: Any) -> Any:
    if not isinstance(value, Mapping):
        raise ValueError("no object")
    found: dict[str, Any] = {}
    for each in fields(expected):
        if not each.init:
            continue
        hint = _hints(expected)[each.name]
        try:
            found[each.name] = decode(hint, value.get(each.name))
        except ValueError:
            if each.default is MISSING and each.default_factory is MISSING:
                raise
    return expected(**found)


def _tuple(inner: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise ValueError("no list")
    if inner[-1] is not Ellipsis:
        return tuple(decode(one, item) for one, item in zip(inner, value, strict=True))
    found = []
    for item in value:
        with suppress(ValueError):
            found.append(decode(inner[0], item))
    return tuple(found)


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


_SCALARS = {str: _text, float: _number, int: _count, bool: _flag, datetime: _time}
