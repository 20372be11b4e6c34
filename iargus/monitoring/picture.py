"""The history of a task's error as a picture, for MLflow."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from iargus.monitoring.period import Period


@dataclass(frozen=True)
class Point:
    """The error of one month, a share of one."""

    period: Period
    error: float


def draw_history(points: Sequence[Point], *, threshold: float, title: str) -> bytes:
    """Error by month against the threshold, both in percent, as PNG; the oldest month first."""
    # Imported here: matplotlib takes a while, and a month that is not due draws nothing.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 3.5), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    months = [str(point.period) for point in points]
    errors = [point.error * 100 for point in points]
    axes.axhline(threshold * 100, color="#b3261e", linestyle="--", label="limit")
    axes.plot(range(len(months)), errors, color="#1f5f99", marker="o", label="error")
    axes.set_xticks(range(len(months)), months, rotation=60 if len(months) > 8 else 0)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("error (%)")
    axes.set_title(title)
    axes.legend(loc="lower left")
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110)
    return buffer.getvalue()
