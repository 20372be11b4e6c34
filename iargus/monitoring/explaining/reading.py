"""Reading documents in which anything may be missing, and writing their numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from iargus.monitoring.wording import percent

Document = Mapping[str, Any]

INDENT = "  "  # before the lines that belong to the one above them
_LEAST_P = 1e-4  # smaller ones differ in digits that mean nothing


def number(document: Document, key: str) -> float | None:
    """A finite number; None where there is none."""
    return _number(document.get(key))


def count(document: Document, key: str) -> int:
    """A number of things; 0 where there is none."""
    return int(number(document, key) or 0)


def text(document: Document, key: str) -> str:
    """A text, or a number such as that of a version, as text; empty where there is none."""
    value = document.get(key)
    return "" if value is None else str(value)


def part(document: Document, key: str) -> Document:
    """A document within; empty where there is none."""
    value = document.get(key)
    return value if isinstance(value, Mapping) else {}


def parts(document: Document, key: str) -> list[Document]:
    """Documents within; none where there are none."""
    return [each for each in _items(document, key) if isinstance(each, Mapping)]


def texts(document: Document, key: str) -> list[str]:
    """Texts within; none where there are none."""
    return [str(each) for each in _items(document, key)]


def interval(document: Document, key: str = "interval") -> tuple[float, float] | None:
    """Two numbers; None where they are not both there."""
    values = [_number(each) for each in _items(document, key)]
    if len(values) != 2 or values[0] is None or values[1] is None:
        return None
    return values[0], values[1]


def moment(document: Document, key: str) -> str:
    """A time, to the minute; empty where there is none."""
    return text(document, key)[:16].replace("T", " ")


def span(ends: tuple[float, float] | None, *, joined: str = "to") -> str:
    """`18.0 % to 22.1 %`; empty without an interval."""
    return "" if ends is None else f"{percent(ends[0])} {joined} {percent(ends[1])}"


def p_words(value: float | None) -> str:
    """`p = 0.032`."""
    if value is None:
        return "p not recorded"
    return f"p < {_LEAST_P:.4f}" if value < _LEAST_P else f"p = {value:.2g}"


def listed(names: list[str], *, most: int = 3) -> str:
    """`a, b, c and 2 more`."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def counted(number_of: int, one: str, many: str | None = None) -> str:
    """`1 row`, `1,204 rows`."""
    return f"{number_of:,} {one if number_of == 1 else many or one + 's'}"


def _items(document: Document, key: str) -> list[Any]:
    value = document.get(key)
    return list(value) if isinstance(value, list | tuple) else []


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return value
