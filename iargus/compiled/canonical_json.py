"""JSON of bundles: of one meaning, of one spelling, and with values that are what they must be."""

from __future__ import annotations

import json
import math
from typing import Any

from iargus import strict_json
from iargus.compiled.errors import Refused


def dump(value: Any) -> bytes:
    """Return ``value`` in its one spelling: sorted names, no blanks, ASCII, floats exact.

    Raises:
        ValueError: a number is NaN or infinite.
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("ascii")


def parse(data: bytes, name: str) -> Any:
    """Read what ``dump`` wrote.

    Raises:
        Refused: this is no JSON, or JSON in which two readers could see two things.
    """
    try:
        data.decode("ascii")
        return strict_json.load(data)
    except ValueError as error:
        raise Refused(f"{name} is not the JSON of a bundle: {error}") from None


def number(value: object, what: str) -> float:
    """Return a finite float, or raise `Refused`."""
    if type(value) is not float or not math.isfinite(value):
        raise Refused(f"{what} is no finite number")
    return value


def whole(value: object, what: str, least: int, most: int) -> int:
    """Return a whole number of a range, or raise `Refused`."""
    if type(value) is not int or not least <= value <= most:
        raise Refused(f"{what} is no whole number from {least} to {most}")
    return value


def listed(value: object, what: str) -> list[Any]:
    """Return a list, or raise `Refused`."""
    if not isinstance(value, list):
        raise Refused(f"{what} is no list")
    return value


def named(value: object, what: str) -> dict[str, Any]:
    """Return an object, whose names are texts, or raise `Refused`."""
    if not isinstance(value, dict):
        raise Refused(f"{what} is no object")
    return value
