"""The calendar month that a monitoring run judges, in UTC."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

_WRITTEN = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True, order=True)
class Period:
    """One calendar month, written `2026-11`; half open: `start <= time < end`."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (1 <= self.month <= 12 and 1 <= self.year <= 9998):
            raise ValueError(f"there is no month {self.year}-{self.month}")

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read `2026-11`.

        Raises:
            ValueError: it is no month.
        """
        match = _WRITTEN.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is no month such as 2026-11")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def last_complete(cls, as_of: date) -> Period:
        """The newest month that was over when the day `as_of` began: on 2018-12-01, 2018-11."""
        return cls(as_of.year, as_of.month).previous()

    def previous(self) -> Period:
        return Period(self.year - 1, 12) if self.month == 1 else Period(self.year, self.month - 1)

    def next(self) -> Period:
        return Period(self.year + 1, 1) if self.month == 12 else Period(self.year, self.month + 1)

    @property
    def start(self) -> datetime:
        """Its beginning, UTC without a zone, as databases hold it."""
        return datetime(self.year, self.month, 1)

    @property
    def end(self) -> datetime:
        """The beginning of the next month, UTC without a zone."""
        return self.next().start

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


def between(earlier: Period, later: Period) -> tuple[Period, ...]:
    """The months strictly between two, in order; none when they follow each other."""
    months: list[Period] = []
    month = earlier.next()
    while month < later:
        months.append(month)
        month = month.next()
    return tuple(months)
