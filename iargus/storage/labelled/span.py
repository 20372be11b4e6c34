"""How far labelled rows reach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Span:
    """How many rows there are, and when the first and the last were observed (naive UTC)."""

    count: int
    first: datetime | None
    last: datetime | None
