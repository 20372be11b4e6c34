"""The section on where the champion errs most. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from iargus.monitoring.view import reading
from iargus.monitoring.view.figures import count, interval, percent
from iargus.monitoring.view.names import clean
from iargus.monitoring.view.reading import Document
from iargus.monitoring.view.report.bars import BarChart, Item, bar_chart

MOST_BARS = 10
MOST_SEGMENTS = 40


@dataclass(frozen=True)
class SegmentRow:
    name: str
    rows: str
    error: str
    interval: str


@dataclass(frozen=True)
class Segments:
    chart: BarChart | None
    table: list[SegmentRow]
    more: int


def segments_of(observed: Document, limit: float | None) -> Segments:
    """The worst segments, the largest error first."""
    found = [
        (each, error)
        for each in reading.segments(observed)
        if (error := reading.number(each, "error")) is not None
    ]
    items = [
        Item(clean(each.get("segment", "")), error, reading.interval(each))
        for each, error in found[:MOST_BARS]
    ]
    table = [
        SegmentRow(
            clean(each.get("segment", "")),
            count(reading.count(each, "rows")),
            percent(error),
            interval(reading.interval(each)),
        )
        for each, error in found[:MOST_SEGMENTS]
    ]
    return Segments(
        chart=bar_chart(items, limit=limit, title="Error of the champion by segment"),
        table=table,
        more=max(0, len(found) - MOST_SEGMENTS),
    )
