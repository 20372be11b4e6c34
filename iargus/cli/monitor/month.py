"""A judged month as a line of a table."""

from __future__ import annotations

from dataclasses import dataclass

from iargus.cli.monitor.chart import Point
from iargus.monitoring.period import Period
from iargus.monitoring.stats.performance.verdict import State
from iargus.monitoring.view.explaining.briefs import versions_brief
from iargus.monitoring.view.reading import Document, count, interval, number, text
from iargus.monitoring.view.wording import percent

HEADS = ("month", "rows", "error", "95 %\ninterval", "limit", "state", "model")
STATE = HEADS.index("state")  # the chart stands before it


@dataclass(frozen=True)
class Month:
    """A judged month."""

    document: Document

    @property
    def period(self) -> Period:
        return Period.parse(text(self.document, "period"))

    @property
    def state(self) -> str:
        return text(self.document, "status")

    @property
    def point(self) -> Point | None:
        """None where there is nothing to draw: the error of a handful of rows says nothing."""
        error, limit = number(self.document, "error"), number(self.document, "threshold")
        if error is None or limit is None or self.state == State.INSUFFICIENT:
            return None
        return Point(error, limit, interval(self.document))

    def cells(self, arrow: str) -> tuple[str, ...]:
        """One for each of `HEADS`."""
        ends = interval(self.document)
        return (
            str(self.period),
            f"{count(self.document, 'rows'):,}",
            percent(number(self.document, "error")),
            "" if ends is None else f"{ends[0] * 100:.1f}–{ends[1] * 100:.1f}",
            percent(number(self.document, "threshold")),
            self.state,
            versions_brief(self.document, arrow=arrow),
        )
