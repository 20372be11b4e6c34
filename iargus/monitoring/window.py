"""Which rows a run judges: a window that leaves none out and counts none twice. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from iargus.errors import UsageError
from iargus.monitoring.period import Period, between
from iargus.monitoring.stats.performance.verdict import State


@dataclass(frozen=True)
class PastWindow:
    """What matters of the newest recorded run of a task; times are UTC without a zone."""

    period: Period
    start: datetime
    end: datetime
    state: State


@dataclass(frozen=True)
class Window:
    """`start <= observed_at < end`; `missed` are the months without a run since the last one. It
    covers those that do not end before it begins, see `covered`."""

    start: datetime
    end: datetime
    missed: tuple[Period, ...] = ()


def covered(missed: Sequence[Period], start: datetime | None) -> tuple[Period, ...]:
    """Those months of which a window that begins at `start` holds anything. The champion has
    learned from the rows of the others since, and no run can judge it by them."""
    return tuple(each for each in missed if start is None or each.end > start)


def is_due(period: Period, newest: PastWindow | None, *, force: bool) -> bool:
    """Whether `period` is to be judged: no run of it, or of a later month, is recorded.

    Raises:
        UsageError: `force` asks for a month before the newest recorded one. Its rows are judged,
            and later months were counted from its end.
    """
    if newest is None or newest.period < period:
        return True
    if force and newest.period > period:
        raise UsageError(
            f"{newest.period} is recorded already; only the newest month can be judged again, and "
            f"not {period}. That of {newest.period}: --as-of {newest.period.next()}-01 --force"
        )
    return force


def plan_window(
    period: Period, newest: PastWindow | None, *, learned_until: datetime | None
) -> Window:
    """The window of a run that is due.

    It begins where the last judged window ended. A month without enough rows was not judged, so
    its rows count again: the window begins where that one began. The first run begins after the
    rows the champion was trained on, or with the month where the champion does not say. A month
    judged again by force keeps its beginning. Rows that the champion has learned from never
    count: on them every model looks good.

    Args:
        learned_until: the time after the last of the rows that the champion was trained on.
    """
    missed: tuple[Period, ...] = ()
    if newest is None:
        start = period.start if learned_until is None else datetime.min
    elif newest.period == period or newest.state is State.INSUFFICIENT:
        # An empty window held no rows because its champion had learned from all of them; another
        # one may not have.
        start = newest.period.start if newest.start >= newest.end else newest.start
    else:
        start = newest.end
    if newest is not None:
        missed = between(newest.period, period)
    if learned_until is not None:
        start = max(start, learned_until)
    return Window(start=min(start, period.end), end=period.end, missed=missed)
