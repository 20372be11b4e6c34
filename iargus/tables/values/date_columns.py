"""Whether a column of dates has the day first or the month, decided by all of its values."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from iargus.tables.values.dates import DateInvalid, split_date

# A few slips do not decide against a whole column; they are rejected one by one.
TOLERATED = 0.01
_DAY, _MONTH, _UNDECIDED = "day first", "month first", "either"


@dataclass(slots=True)
class DateColumn:
    """Looks at every value of a column once: counts and examples by order and separator."""

    name: str
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str], str] = field(default_factory=dict)

    def look(self, text: str) -> None:
        """Take one value as evidence; what is no date is none."""
        try:
            written = split_date(text)
        except DateInvalid:
            return
        if written.timestamp is not None or written.first == written.second:
            return
        order = _DAY if written.first > 12 else _MONTH if written.second > 12 else _UNDECIDED
        self.counts[order, written.separator] += 1
        self.examples.setdefault((order, written.separator), text)


@dataclass(frozen=True, slots=True)
class DayOrder:
    """For each separator of a column, such as `/`, whether the day stands first; what is not
    there is not decided. `because` are sentences for the user."""

    day_first: dict[str, bool]
    because: tuple[str, ...] = ()


def decide_order(column: DateColumn) -> DayOrder:
    """What the column shows of its order, for each separator by itself."""
    found: dict[str, bool] = {}
    said: list[str] = []
    for sign in sorted({sign for _, sign in column.counts}):
        days, months = column.counts[_DAY, sign], column.counts[_MONTH, sign]
        few, many = sorted((days, months))
        if few > TOLERATED * many:
            both = f"{column.examples[_DAY, sign]!r} and {column.examples[_MONTH, sign]!r}"
            said.append(f"{column.name} has both {both}, so that nobody can read its dates")
        elif many:
            found[sign] = days > months
            said.append(_sentence(column, sign, day_first=days > months))
        else:
            said.append(
                f"{column.name}: of {column.examples[_UNDECIDED, sign]!r} nobody can say which is "
                "the month, and no other date of the file shows it"
            )
    return DayOrder(found, tuple(said))


def _sentence(column: DateColumn, sign: str, *, day_first: bool) -> str:
    shape = sign.join(("DD", "MM", "YYYY") if day_first else ("MM", "DD", "YYYY"))
    example = column.examples[_DAY if day_first else _MONTH, sign]
    wrong = example.split(sign)[0 if day_first else 1]
    return f"{column.name} is read as {shape}: {example} has no month {wrong}"
