"""Facts out of a JSON document that another version of IArgus may have written. Pure.

Whatever is absent, or is not of the kind that is expected, is read as not known: an old month is
worth more with a gap than not at all.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from iargus.monitoring.period import Period

Document = Mapping[str, Any]

_LARGEST_COUNT = 10**15


def number(document: Document, key: str) -> float | None:
    """A finite number; None where there is none."""
    return _number(document.get(key))


def count(document: Document, key: str) -> int:
    """A number of things; 0 where there is none."""
    value = number(document, key)
    return 0 if value is None else int(min(max(value, 0), _LARGEST_COUNT))


def pair(document: Document, key: str) -> tuple[float, float] | None:
    """Two numbers, such as shares before and now; None where they are not both there."""
    values = _items(document, key)
    if len(values) != 2:
        return None
    one, other = _number(values[0]), _number(values[1])
    return None if one is None or other is None else (one, other)


def interval(document: Document) -> tuple[float, float] | None:
    """The bounds of its error."""
    return pair(document, "interval")


def part(document: Document, key: str) -> Document:
    """A document within; empty where there is none."""
    value = document.get(key)
    return value if isinstance(value, Mapping) else {}


def parts(document: Document, key: str) -> list[Document]:
    """The documents of a list."""
    return [each for each in _items(document, key) if isinstance(each, Mapping)]


def segments(observed: Document) -> list[Document]:
    """The worst segments, the largest error first; earlier versions of IArgus kept them in another
    order."""
    return sorted(parts(observed, "segments"), key=lambda each: -(number(each, "error") or 0.0))


def text(document: Document, key: str) -> str:
    """A text, or a number such as that of a version as text; empty where there is none."""
    return _text(document.get(key)) or ""


def texts(document: Document, key: str) -> list[str]:
    """The texts of a list."""
    return [each for each in map(_text, _items(document, key)) if each is not None]


def period(document: Document, key: str = "period") -> Period | None:
    try:
        return Period.parse(text(document, key))
    except ValueError:
        return None


def periods(document: Document, key: str) -> list[Period]:
    """The months of a list; what is none is left out."""
    found = []
    for each in texts(document, key):
        with suppress(ValueError):
            found.append(Period.parse(each))
    return found


def timestamp(document: Document, key: str) -> datetime | None:
    """A time, UTC without a zone."""
    try:
        return datetime.fromisoformat(text(document, key)).replace(tzinfo=None)
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


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        return value
    return None if _number(value) is None else str(value)


def _items(document: Document, key: str) -> Sequence[Any]:
    value = document.get(key)
    return value if isinstance(value, list | tuple) else ()
