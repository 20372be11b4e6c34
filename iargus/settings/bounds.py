"""What is said of a number beyond its bounds: the bound, its unit, and what was written.

Who writes 150 for 150 ms, or 20 for 20 %, is helped by the unit alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_UNITS = {
    "_s": "seconds",
    "_ms": "milliseconds",
    "_days": "days",
    "_minutes": "minutes",
    "_bytes": "bytes",
    "_rows": "rows",
    "_usd": "US dollars",
    "_per_minute": "requests a minute",
    "fraction": "a share: 20 % is 0.2",
    "coverage": "a share: 90 % is 0.9",
}
_BOUNDS = {
    "greater_than": ("gt", "must be more than"),
    "greater_than_equal": ("ge", "must be at least"),
    "less_than": ("lt", "must be less than"),
    "less_than_equal": ("le", "must be at most"),
}


def bound_text(problem: Mapping[str, Any]) -> str | None:
    """What is said of a number beyond its bounds, such as "it must be at most 15 seconds"; None
    for any other problem of pydantic's."""
    bound = _BOUNDS.get(problem["type"])
    if bound is None:
        return None
    key, words = bound
    name = str(problem["loc"][-1]) if problem["loc"] else ""
    unit = max((each for each in _UNITS if name.endswith(each)), key=len, default=None)
    limit = problem["ctx"][key]
    if unit is None:
        return f"it {words} {limit:.10g}"
    measure = _measure(_UNITS[unit])
    return f"it {words} {limit:,.10g}{measure.removesuffix('s') if limit == 1 else measure}"


def _measure(unit: str) -> str:
    return f" ({unit})" if ":" in unit else f" {unit}"
