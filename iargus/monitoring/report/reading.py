"""Facts out of a JSON document that another version of IArgus may have written. Pure.

Whatever is absent, or is no number where a number is expected, is read as not known; a report of
an old month is worth more with a gap than not at all.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from iargus.monitoring.period import Period

Document = Mapping[str, Any]

_LARGEST_COUNT = 10**15


def number(document: Document, key: str) -> float | None:
    """A finite number, or None."""
    return _number(document.get(key))


def count(document: Document, key: str) -> int:
    """A number of rows; 0 where there is none."""
    value = number(document, key)
    return 0 if value is None else int(min(max(value, 0), _LARGEST_COUNT))


def pair(document: Document, key: str) -> tuple[float, float] | None:
    """Two numbers, such as an interval."""
    value = document.get(key)
    if not isinstance(value, list | tuple) or len(value) != 2:
        return None
    one, other = _number(value[0]), _number(value[1])
    return None if one is None or other is None else (one, other)


def part(document: Document, key: str) -> Document | None:
    """A document within a document."""
    value = document.get(key)
    return value if isinstance(value, Mapping) else None


def parts(document: Document, key: str) -> list[Document]:
    """The documents of a list."""
    return [each for each in _list(document.get(key)) if isinstance(each, Mapping)]


def strings(document: Document, key: str) -> list[str]:
    """The texts of a list."""
    return [each for each in _list(document.get(key)) if isinstance(each, str)]


def string(document: Document, key: str) -> str:
    """A text; empty where there is none."""
    value = document.get(key)
    return value if isinstance(value, str) else ""


def period(document: Document, key: str = "period") -> Period | None:
    try:
        return Period.parse(string(document, key))
    except ValueError:
        return None


def moment(document: Document, key: str) -> datetime | None:
    try:
        return datetime.fromisoformat(string(document, key)).replace(tzinfo=None)
    except ValueError:
        return None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()
