"""Values of JSON that are what they must be, or no bundle."""

from __future__ import annotations

import math
from typing import Any

from iargus.compiled.errors import Refused


def number(value: object, what: str) -> float:
    """Return a finite float.

    Raises:
        Refused: ``value`` is none.
    """
    if type(value) is not float or not math.isfinite(value):
        raise Refused(f"{what} is no finite number")
    return value


def whole(value: object, what: str, least: int, most: int) -> int:
    """Return a whole number of a range.

    Raises:
        Refused: ``value`` is none.
    """
    if type(value) is not int or not least <= value <= most:
        raise Refused(f"{what} is no whole number from {least} to {most}")
    return value


def listed(value: object, what: str) -> list[Any]:
    """Return a list.

    Raises:
        Refused: ``value`` is none.
    """
    if not isinstance(value, list):
        raise Refused(f"{what} is no list")
    return value


def named(value: object, what: str) -> dict[str, Any]:
    """Return an object, whose names are texts.

    Raises:
        Refused: ``value`` is none.
    """
    if not isinstance(value, dict):
        raise Refused(f"{what} is no object")
    return value
