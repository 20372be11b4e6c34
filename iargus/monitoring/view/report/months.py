"""The months of a task up to the one that is reported, and what is written above and below their
picture: names and promotions. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from iargus.monitoring.period import Period
from iargus.monitoring.view.figures import MONTHS as NAMES
from iargus.monitoring.view.month_view import MonthView
from iargus.text import printable

MONTHS = 24
_FEWEST = 12  # so that a first month does not look like the whole of time
_NARROW_STEP = 3  # months between two names on a phone
_TEXT_STEP = 3  # months that the text of a promotion takes


@dataclass(frozen=True)
class Slot:
    """A calendar month. `gap` when the job had run before it, and has no record of it."""

    period: Period
    month: MonthView | None
    gap: bool


def slots_of(view: MonthView, history: Sequence[MonthView]) -> list[Slot]:
    """The calendar months up to that of `view`, the earliest first; none without a period.

    Args:
        history: earlier months, the latest first; of two views of one month the first counts.
    """
    last = view.period
    if last is None:
        return []
    recorded: dict[Period, MonthView] = {last: view}
    for month in history:
        if month.period is not None and month.period < last:
            recorded.setdefault(month.period, month)
    earliest, shown = min(recorded), [last]
    while len(shown) < MONTHS and (len(shown) < _FEWEST or shown[-1] > earliest):
        if shown[-1].year == 1:
            break
        shown.append(shown[-1].previous())
    return [
        Slot(period, recorded.get(period), period > earliest and period not in recorded)
        for period in reversed(shown)
    ]


@dataclass(frozen=True)
class Name:
    """The name of a month, with its year where that has changed."""

    x: float
    month: str
    year: str


@dataclass(frozen=True)
class Promotion:
    """`row` is the line of text it is written on; None where there is no room for text."""

    x: float
    version: str
    row: int | None


def names_of(slots: Sequence[Slot], *, narrow: bool) -> list[Name]:
    """Every month, or every third one, counted from the last, which always has its name."""
    step = _NARROW_STEP if narrow else 1
    names: list[Name] = []
    year = None
    for place in range((len(slots) - 1) % step, len(slots), step):
        period = slots[place].period
        x = (place + 0.5) * 100 / len(slots)
        changed = period.year != year
        names.append(Name(x, NAMES[period.month - 1][:3], str(period.year) if changed else ""))
        year = period.year
    if len(names) > 1 and names[1].year:
        # Two years side by side would run into each other.
        names[0] = replace(names[0], year="")
    return names


def promotions_of(slots: Sequence[Slot]) -> list[Promotion]:
    """The months that made another version champion."""
    found: list[Promotion] = []
    last = {0: -_TEXT_STEP, 1: -_TEXT_STEP}  # the place of the last text on either line
    for place, slot in enumerate(slots):
        if slot.month is None or not slot.month.promoted:
            continue
        row = next((row for row in (0, 1) if place - last[row] >= _TEXT_STEP), None)
        if row is not None:
            last[row] = place
        x = (place + 0.5) * 100 / len(slots)
        found.append(Promotion(x, printable(slot.month.serves, 6), row))
    return found
