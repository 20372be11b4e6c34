"""Dates and times as people and programs write them, in UTC where they have no zone.

`split_date` takes a text apart; which of `03/08/2026` is the month does not show in one text,
and is decided for a whole column by `date_columns`. Only the standard library.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

# Names in dates, by their casefolded text.
_NAMES = (
    "jan january janvier janv januar jänner ene enero gennaio gen",
    "feb february février fevrier févr fevr februar febr febrero febbraio",
    "mar march mars märz maerz mär mrz marzo",
    "apr april avril avr abr abril aprile",
    "may mai mayo maggio mag",
    "jun june juin juni junio giugno giu",
    "jul july juillet juil juli julio luglio lug",
    "aug august août aout ago agosto",
    "sep sept september septembre septiembre settembre set",
    "oct october octobre okt oktober octubre ottobre ott",
    "nov november novembre noviembre",
    "dec december décembre decembre déc dez dezember dic diciembre dicembre",
)
MONTHS = {name: month for month, names in enumerate(_NAMES, start=1) for name in names.split()}

_DAYS = (
    "mon tue tues wed thu thur thurs fri sat sun",
    "monday tuesday wednesday thursday friday saturday sunday",
    "lun mer jeu ven sam dim lundi mardi mercredi jeudi vendredi samedi dimanche",
    "mo di mi do fr sa so montag dienstag mittwoch donnerstag freitag samstag sonntag",
)
WEEKDAYS = frozenset(day for days in _DAYS for day in days.split())

# Hours before UTC are negative. Names that two countries use for unlike zones are those of the
# United States, whose sales these are.
ZONES = {
    **dict.fromkeys(("UTC", "GMT", "Z", "WET", "UT"), 0.0),
    **{"EST": -5.0, "EDT": -4.0, "CST": -6.0, "CDT": -5.0, "MST": -7.0, "MDT": -6.0},
    **{"PST": -8.0, "PDT": -7.0, "AKST": -9.0, "AKDT": -8.0, "HST": -10.0},
    **{"CET": 1.0, "CEST": 2.0, "WEST": 1.0, "EET": 2.0, "EEST": 3.0},
}

MAX_CHARS = 80
_BLANKS = str.maketrans(dict.fromkeys("\u00a0\u2009\u202f\t", " "))
_ISO = re.compile(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}(?:[T ].*)?", re.DOTALL)
_EPOCH = re.compile(r"[0-9]{10}(?:\.[0-9]+)?|[0-9]{13}")
_TIME = re.compile(
    r"[T ,]*\b(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,][0-9]+)?)?"
    r"\s*(?P<half>[AaPp]\.?\s?[Mm]\b\.?)?\s*"
    r"(?P<zone>(?:(?:GMT|UTC)?[+-][0-9]{2}:?[0-9]{2}|(?!(?:AD|BC)\b)[A-Z]{1,5}\b))?"
)
_ZONE_NAME = re.compile(r"\([^()]*\)$")
_NUMERIC = re.compile(r"([0-9]{1,4})([/.-])([0-9]{1,2})\2([0-9]{1,4})")
_WORDS = re.compile(r"[^\W\d_]+|[0-9]+")
_ORDINALS = frozenset({"st", "nd", "rd", "th", "er", "de", "of", "the", "del"})
_MS = 1_000


class DateInvalid(ValueError):
    """The text is no date, or none in the order of its column."""


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date taken apart: either `timestamp` (naive UTC), or three numbers `first`, `second`,
    `year` of which `first` or `second` is the month. `separator` stands between them."""

    text: str
    timestamp: datetime | None = None
    first: int = 0
    second: int = 0
    year: int = 0
    separator: str = ""
    time: timedelta = timedelta()


@lru_cache(maxsize=100_000)
def split_date(text: str) -> WrittenDate:
    """Take a text apart.

    Raises:
        DateInvalid: it is no date with day, month and a year of four digits.
    """
    plain = text.translate(_BLANKS).strip()
    if len(plain) > MAX_CHARS:
        raise DateInvalid(f"{text[:MAX_CHARS]!r} is no date")
    try:
        if _ISO.fullmatch(plain):
            try:
                return WrittenDate(text, timestamp=naive_utc(datetime.fromisoformat(plain)))
            except ValueError:
                pass  # `2026-08-03 10:15 PM`, `2026-08-03 10:15:00 +0200`
        if _EPOCH.fullmatch(plain):
            seconds = float(plain) / (_MS if len(plain) == 13 else 1)
            return WrittenDate(text, timestamp=naive_utc(datetime.fromtimestamp(seconds, UTC)))
        return _other(text, plain)
    except (ValueError, OverflowError) as error:
        if isinstance(error, DateInvalid):
            raise
        raise DateInvalid(f"{text!r} is no date: {error}") from None


def timestamp_of(written: WrittenDate, *, day_first: bool | None) -> datetime:
    """The timestamp, naive UTC. `day_first` says how the column is written; None where it is not
    decided.

    Raises:
        DateInvalid: it is not decided and has to be, or there is no such day.
    """
    if written.timestamp is not None:
        return written.timestamp
    if day_first is None and written.first != written.second:
        raise DateInvalid(f"{written.text!r} may have the day first or the month")
    day, month = (written.first, written.second) if day_first else (written.second, written.first)
    if month > 12:
        raise DateInvalid(f"{written.text!r} has no month {month}")
    try:
        return datetime(written.year, month, day) + written.time
    except (ValueError, OverflowError) as error:
        raise DateInvalid(f"{written.text!r} is no date: {error}") from None


def naive_utc(timestamp: datetime) -> datetime:
    """`timestamp` in UTC without a zone; UTC is taken where it has none."""
    return timestamp if timestamp.tzinfo is None else timestamp.astimezone(UTC).replace(tzinfo=None)


def _other(text: str, plain: str) -> WrittenDate:
    plain = _ZONE_NAME.sub("", plain).strip()
    found = _TIME.search(plain)
    time, day = timedelta(), plain
    if found is not None:
        time = _time_of(text, found)
        day = f"{plain[: found.start()]} {plain[found.end() :]}".strip(" ,")
    numeric = _NUMERIC.fullmatch(day)
    if numeric is None:
        return WrittenDate(text, timestamp=_named(text, day) + time)
    first, separator, second, third = numeric.groups()
    if len(first) == 4 and len(third) <= 2:
        return WrittenDate(text, timestamp=datetime(int(first), int(second), int(third)) + time)
    if len(third) != 4 or len(first) > 2:
        raise DateInvalid(f"{text!r} is no date with a year of four digits")
    one, two = int(first), int(second)
    if not (1 <= one <= 31 and 1 <= two <= 31) or min(one, two) > 12:
        raise DateInvalid(f"{text!r} is no date: it has no month")
    return WrittenDate(text, None, one, two, int(third), separator, time)


def _named(text: str, day: str) -> datetime:
    """A date whose month is a word, in any order, with or without the day of the week."""
    month, numbers = 0, []
    for word in _WORDS.findall(day):
        known = word.casefold()
        if known.isdigit():
            numbers.append(known)
        elif known in MONTHS and not month:
            month = MONTHS[known]
        elif known not in _ORDINALS and known not in WEEKDAYS:
            raise DateInvalid(f"{text!r} is no date")
    years = [number for number in numbers if len(number) == 4]
    days = [number for number in numbers if len(number) <= 2]
    if not month or len(years) != 1 or len(days) != 1 or len(numbers) != 2:
        raise DateInvalid(f"{text!r} is no date with day, month and a year of four digits")
    return datetime(int(years[0]), month, int(days[0]))


def _time_of(text: str, found: re.Match[str]) -> timedelta:
    hour, half = int(found["hour"]), (found["half"] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise DateInvalid(f"{text!r} is no date: there is no {hour} {half}")
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    minute, second = int(found["minute"]), int(found["second"] or 0)
    if hour > 23 or minute > 59 or second > 60:
        raise DateInvalid(f"{text!r} is no date: there is no such time of the day")
    time = timedelta(hours=hour, minutes=minute, seconds=min(second, 59))
    return time - _offset(text, found["zone"])


def _offset(text: str, zone: str | None) -> timedelta:
    if zone is None:
        return timedelta()
    sign = re.search(r"[+-]", zone)
    if sign is None:
        if zone not in ZONES:
            raise DateInvalid(f"{text!r} is no date: nobody knows the time zone {zone}")
        return timedelta(hours=ZONES[zone])
    digits = zone[sign.end() :].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    timezone(offset)  # refuses a day and more
    return offset if sign.group() == "+" else -offset
