"""What to do about months that no run had judged."""

from __future__ import annotations

from collections.abc import Iterator

from iargus.monitoring.view import reading
from iargus.monitoring.view.advice.step import Step
from iargus.monitoring.view.names import listed
from iargus.monitoring.view.reading import Document


def about_schedule(document: Document) -> Iterator[Step]:
    missed = reading.texts(document, "missed_periods")
    if missed:
        yield Step(
            f"No run had judged {listed(missed, most=3)}. Find out why, and see that the monthly "
            "run is started on time: the schedule, the machine, the log. This checks what a run "
            "needs:",
            ("iargus doctor",),
        )
