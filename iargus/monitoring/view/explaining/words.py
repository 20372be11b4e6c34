"""Figures and lists as the lines about a month write them."""

from __future__ import annotations

from iargus.monitoring.view import reading
from iargus.monitoring.view.reading import Document
from iargus.monitoring.view.wording import percent

INDENT = "  "  # before the lines that belong to the one above them
_LEAST_P = 1e-4  # smaller ones differ in digits that mean nothing


def minute(document: Document, key: str) -> str:
    """A time, to the minute; empty where there is none."""
    value = reading.timestamp(document, key)
    return "" if value is None else f"{value:%Y-%m-%d %H:%M}"


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
