"""The history of a task's error as a picture, for MLflow and for mails."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from iargus.monitoring.period import Period

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_MONTHS = 24
_MOST_LABELS = 6
_COLOURS = 64
_DPI = 240
_LINE, _LIMIT = "#8a94a3", "#b3261e"
# Colour and form, so that nobody has to tell the colours apart.
_STYLES = {
    "healthy": ("#1f5f99", "o"),
    "suspect": ("#a86400", "^"),
    "breach": ("#b3261e", "s"),
    "insufficient": ("#7a8391", "D"),
}
_PLAIN = ("#1f5f99", "o")


@dataclass(frozen=True)
class Point:
    """The error of one month, a share of one; `interval` holds the true one with 95 %
    confidence, `state` is a verdict such as `healthy`."""

    period: Period
    error: float
    interval: tuple[float, float] | None = None
    state: str | None = None

    @property
    def place(self) -> int:
        """Months without a point keep their room."""
        return self.period.year * 12 + self.period.month - 1


def draw_history(points: Sequence[Point], *, threshold: float, title: str) -> bytes:
    """Error by month against the threshold, both in percent, as PNG; the oldest month first.

    The last 24 months; the true error of each lies within its whiskers. On white, so that it
    can be read in a dark mail, and with letters that a phone still shows legibly.
    """
    # Imported here: matplotlib takes a while, and a month that is not due draws nothing.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 3), layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    newest = max((point.place for point in points), default=0)
    shown = [
        point for point in points if isfinite(point.error) and point.place > newest - MOST_MONTHS
    ]
    axes.axhline(threshold * 100, color=_LIMIT, linestyle="--", linewidth=1.5, label="limit")
    if shown:
        _draw(axes, shown)
        _scale(axes, shown, threshold)
    axes.set_ylabel("error (%)")
    axes.set_title(title, fontsize=10, wrap=True, parse_math=False)
    axes.spines[["top", "right"]].set_visible(False)
    columns = len(axes.get_legend_handles_labels()[0])
    figure.legend(loc="outside lower center", ncols=min(columns, 3), fontsize=9, frameon=False)
    return _png(figure)


def _png(figure: Figure) -> bytes:
    """With a palette of 64 colours, a third of the size; the same history gives the same file."""
    from PIL import Image  # which matplotlib itself writes its files with

    drawn, small = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", dpi=_DPI)
    Image.open(drawn).convert("RGB").quantize(_COLOURS).save(small, format="png", optimize=True)
    return small.getvalue()


def _draw(axes: Axes, points: Sequence[Point]) -> None:
    judged = [point for point in points if point.state != "insufficient"]
    places = [point.place for point in judged]
    axes.plot(places, [point.error * 100 for point in judged], color=_LINE, linewidth=1.2)
    for state in (*_STYLES, None):
        colour, marker = _STYLES.get(state or "", _PLAIN)
        chosen = [point for point in points if _style(point) == state]
        if not chosen:
            continue
        for point in chosen:
            if point.interval is not None:
                ends = [end * 100 for end in point.interval]
                axes.plot([point.place] * 2, ends, color=colour, linewidth=1.4, marker="_")
        axes.plot(
            [point.place for point in chosen],
            [point.error * 100 for point in chosen],
            color=colour,
            marker=marker,
            markersize=5,
            markerfacecolor="white" if state == "insufficient" else colour,
            linestyle="none",
            label=state or "error",
            zorder=3,
        )


def _style(point: Point) -> str | None:
    """A key of `_STYLES`, None for states that are none of them."""
    return point.state if point.state in _STYLES else None


def _scale(axes: Axes, points: Sequence[Point], threshold: float) -> None:
    """From zero on; a whisker of a month of few rows must not flatten all others."""
    highest = max([threshold, *(point.error for point in points)])
    ends = [point.interval[1] for point in points if point.interval is not None]
    axes.set_ylim(0, 108 * max(highest, min(max(ends, default=0.0), 1.6 * highest)))
    first, last = min(p.place for p in points), max(p.place for p in points)
    step = 1 + (last - first) // _MOST_LABELS
    ticks = list(range(last, first - 1, -step))
    axes.set_xlim(first - 0.5, last + 0.5)
    axes.set_xticks(
        ticks, [f"{place // 12:04d}-{place % 12 + 1:02d}" for place in ticks], fontsize=9
    )
    if len(ticks) > 4:
        axes.tick_params("x", rotation=45, rotation_mode="xtick")
