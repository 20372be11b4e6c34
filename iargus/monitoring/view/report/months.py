"""The months of a task up to the one that is reported. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from iargus.monitoring.period import Period
from iargus.monitoring.view.month_view import MonthView

MONTHS = 24
_FEWEST = 12  # so that a first month does not look like the whole of time


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
