"""JSON that says one thing only: no NaN, no name twice, one spelling."""

from __future__ import annotations

import json
from typing import Any

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
        return json.loads(
            data.decode("ascii"), parse_constant=_no_constant, object_pairs_hook=_no_repetition
        )
    # RecursionError: brackets within brackets without end.
    except (ValueError, RecursionError) as error:
        raise Refused(f"{name} is not the JSON of a bundle: {error}") from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of a bundle")


def _no_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is there twice")
    return found
