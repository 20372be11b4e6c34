"""The facts at the head of the page. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from iargus.monitoring.view import reading
from iargus.monitoring.view.advice.situation import Situation
from iargus.monitoring.view.figures import count, day, interval, month, percent
from iargus.monitoring.view.names import clean
from iargus.monitoring.view.reading import Document
from iargus.monitoring.view.repeats import left_out, left_out_of, repeats_of
from iargus.monitoring.view.wording import METRICS

Fact = tuple[str, str, str]
"""A name, its value, and a note in small."""


def summary_of(outcome: Document, situation: Situation) -> Iterator[Fact]:
    """Only what is known; a comparison of files knows less than a month."""
    error, limit = reading.number(outcome, "error"), reading.number(outcome, "threshold")
    if error is not None:
        held = reading.interval(outcome)
        few = "of too few rows" if situation.state == "insufficient" else ""
        yield "Error", percent(error), f"95 %: {interval(held)}" if held else few
    if limit is not None:
        metric = clean(outcome.get("metric") or "", 40)
        yield "Limit", percent(limit), METRICS.get(metric, metric)
    refused = reading.count(outcome, "refused_rows")
    if situation.state not in ("failed", "not_due"):
        notes = [
            f"{count(refused)} set aside" if refused else "",
            left_out(left_out_of(repeats_of(reading.part(outcome, "observed")))),
        ]
        aside = ", ".join(note for note in notes if note)
        yield (
            "Rows judged" if situation.state else "Rows",
            count(reading.count(outcome, "rows")),
            aside,
        )
    start, end = (
        reading.timestamp(outcome, "window_start"),
        reading.timestamp(outcome, "window_end"),
    )
    if start and end:
        yield "Window", day(start), f"to {day(end)}, UTC"
    if situation.champion:
        yield "Champion judged", f"version {situation.champion}", ""
        changed = situation.serving != situation.champion
        yield (
            "Serves now",
            f"version {situation.serving}",
            "promoted now" if changed else "as before",
        )
    period = reading.period(outcome)
    if period is not None:
        yield "Task", situation.task, ""
        yield "Period", month(period), ""
