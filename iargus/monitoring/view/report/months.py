"""The months of a task up to the one that is reported. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from iargus.monitoring.period import Period
from iargus.monitoring.view import reading
from iargus.monitoring.view.names import clean
from iargus.monitoring.view.reading import Document

MONTHS = 24
_FEWEST = 12  # so that a first month does not look like the whole of time
_MOST_DOCUMENTS = 240


@dataclass(frozen=True)
class Month:
    """A recorded month; `promoted` is the version that it made champion, if any."""

    period: Period
    state: str
    error: float | None
    interval: tuple[float, float] | None
    threshold: float | None
    rows: int
    champion: str
    promoted: str


@dataclass(frozen=True)
class Slot:
    """A calendar month. `gap` when the job had run before it, and has no record of it."""

    period: Period
    month: Month | None
    gap: bool


def slots_of(outcome: Document, history: Sequence[Document]) -> list[Slot]:
    """The calendar months up to that of `outcome`, the earliest first; none without a period.

    Args:
        history: earlier documents, the latest first; of two about one month the first counts.
    """
    last = reading.period(outcome)
    if last is None:
        return []
    recorded: dict[Period, Month] = {last: _month(outcome, last)}
    for document in history[:_MOST_DOCUMENTS]:
        period = reading.period(document)
        if period is not None and period < last:
            recorded.setdefault(period, _month(document, period))
    shown = [last]
    while len(shown) < MONTHS and (len(shown) < _FEWEST or shown[-1] > min(recorded)):
        if shown[-1].year == 1:
            break
        shown.append(shown[-1].previous())
    earliest = min(recorded)
    return [
        Slot(period, recorded.get(period), period > earliest and period not in recorded)
        for period in reversed(shown)
    ]


def _month(document: Document, period: Period) -> Month:
    champion = clean(document.get("champion_version") or "", 12)
    serving = clean(document.get("serving_version") or "", 12)
    return Month(
        period=period,
        state=clean(document.get("status") or "", 24),
        error=reading.number(document, "error"),
        interval=reading.interval(document),
        threshold=reading.number(document, "threshold"),
        rows=reading.count(document, "rows"),
        champion=champion,
        promoted=serving if serving and serving != champion else "",
    )
