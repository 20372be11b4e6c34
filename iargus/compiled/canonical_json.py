"""JSON of bundles: of one meaning and of one spelling."""

from __future__ import annotations

import json
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
