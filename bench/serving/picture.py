"""The picture of `bench/serving`: requests a second of each server, on a logarithmic axis."""

from __future__ import annotations

from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from bench.serving.results import Results
from bench.serving.servers import ECHO, IARGUS, RAW

OURS, YARDSTICK, PEER = "#2563eb", "#9ca3af", "#d97706"


def write_picture(results: Results, path: Path) -> None:
    """A bar for each server, the fastest above; the line is from the least to the most."""
    names = [name for name in reversed(results.servers()) if _rate(results, name) > 0]
    # Text stays text, and equal figures give an equal file.
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "serving"}):
        figure = Figure(figsize=(8, 0.6 + 0.45 * max(len(names), 1)), layout="constrained")
        axes = figure.subplots()
        for place, name in enumerate(names):
            rate = _rate(results, name)
            least, most = results.spread(name, "predict", "rows/s") or (rate, rate)
            axes.barh(
                place,
                rate,
                xerr=[[rate - least], [most - rate]],
                color=OURS if name == IARGUS else YARDSTICK if name in (ECHO, RAW) else PEER,
                ecolor="#374151",
                height=0.7,
            )
            axes.annotate(
                f"{rate:,.0f}",
                (most, place),
                xytext=(5, 0),
                textcoords="offset points",
                va="center",
            )
        axes.set_yticks(range(len(names)), names)
        axes.set_xscale("log")
        axes.margins(x=0.12)
        axes.set_xlabel("requests a second, one core for the server (logarithmic)")
        axes.spines[["top", "right"]].set_visible(False)
        figure.savefig(path, metadata={"Date": None})


def _rate(results: Results, name: str) -> float:
    return results.value(name, "predict", "rows/s") or 0.0
