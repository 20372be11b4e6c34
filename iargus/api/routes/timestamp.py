"""A time in a request: RFC 3339 and nothing else, as `format: date-time` says."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

_RFC_3339 = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:)([0-9]{2})(\.[0-9]+)?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


def _read(value: Any) -> str:
    # pydantic alone would also take a date, and any number as seconds since 1970.
    found = _RFC_3339.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise PydanticCustomError("time_invalid", "a time is expected, as 2026-11-01T12:00:00Z")
    day_and_minute, seconds, fraction, zone = found.groups(default="")
    # Python has no leap second; of the fraction it keeps six digits.
    return f"{day_and_minute}{'59' if seconds == '60' else seconds}{fraction[:7]}{zone}"


def _in_utc(timestamp: datetime) -> datetime:
    try:
        return timestamp.astimezone(UTC)
    except OverflowError:
        # Another year than Python has: the first and the last moment mean the same here.
        return (datetime.min if timestamp.year == 1 else datetime.max).replace(tzinfo=UTC)


Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_read),
    AfterValidator(_in_utc),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
