"""A month in figures, and in a few words for tables. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from iargus.mailing.content import Fact
from iargus.monitoring.view.figures import (
    interval,
    measure,
    minute,
    month,
    months,
    percent,
    version,
)
from iargus.monitoring.view.month_view import MonthView, Status
from iargus.monitoring.view.wording.drift import drifted_of
from iargus.monitoring.view.wording.rows import fault, left_out_of
from iargus.monitoring.window import covered
from iargus.storage.labelled.repeats import left_out
from iargus.text import counted, listed, printable


def facts_of(view: MonthView) -> tuple[Fact, ...]:
    """Only what is known; a comparison of files knows less than a month."""
    return tuple(_facts(view))


def _facts(view: MonthView) -> Iterator[Fact]:
    judged = view.status not in (Status.FAILED, Status.NOT_DUE)
    if view.error is not None:
        few = "of too few rows" if view.status is Status.INSUFFICIENT else ""
        held = f"95 %: {interval(view.interval)}" if view.interval else few
        yield Fact("Error", percent(view.error), held)
    if view.retraining is not None:
        known = "of the model that serves, on the held-out rows"
        if view.contest is None:
            known = "of the whole month; no rows were left to compare models on"
        yield Fact("Error now", percent(view.retraining.serving_error), known)
    if view.threshold is not None:
        yield Fact("Limit", percent(view.threshold), measure(view.metric))
    if judged:
        repeats = left_out(left_out_of(view.observed.repeats if view.observed else None))
        aside = f"{view.refused_rows:,} set aside" if view.refused_rows else ""
        notes = ", ".join(each for each in (aside, repeats) if each)
        yield Fact("Rows judged" if view.status else "Rows", f"{view.rows:,}", notes)
    if view.window_start is not None and view.window_end is not None:
        yield Fact("Window", minute(view.window_start), f"to {minute(view.window_end)} UTC")
    if view.missed_periods:
        yield Fact("Without a run", months(view.missed_periods), _covered(view))
    if view.champion_version:
        yield Fact("Champion judged", version(view.champion_version))
        changed = view.serves != view.champion_version
        yield Fact("Serves now", version(view.serves), "promoted now" if changed else "as before")
    if view.period is not None:
        yield Fact("Task", printable(view.task))
        yield Fact("Period", month(view.period))


def _covered(view: MonthView) -> str:
    start, held = view.window_start, covered(view.missed_periods, view.window_start)
    if not held:
        return "the champion has learned from their rows since"
    later = start is not None and start > view.missed_periods[0].start
    return f"covered by this one from {start:%Y-%m-%d} on" if later else "covered by this one"


def briefs(view: MonthView) -> dict[str, str]:
    """What stands out beside the verdict, a few words each, by name."""
    found: dict[str, str] = {}
    drifted = listed(each.feature for each in drifted_of(view))
    if drifted:
        found["drift"] = drifted
    observed = view.observed
    if observed is not None and observed.serious:
        found["serious faults"] = listed(map(fault, observed.serious), most=3, longest=60)
    estimate = observed and observed.estimate
    if estimate and estimate.error is not None:
        found["estimate"] = (
            f"{percent(estimate.error)} ({interval(estimate.interval)}) on "
            f"{counted(estimate.rows, 'prediction')}{', over the limit' * estimate.warns}"
        )
    if observed is not None and observed.segments:
        worst = observed.segments[0]
        found["worst segment"] = (
            f"{printable(worst.segment)}: {percent(worst.error)} on {counted(worst.rows, 'row')}"
        )
    return found


def notes(view: MonthView) -> list[str]:
    """What stands out in a month, for a list of many."""
    brief = briefs(view)
    warns = view.observed is not None and view.observed.estimate and view.observed.estimate.warns
    found = [
        f"drift in {brief['drift']}" if "drift" in brief else "",
        f"serious: {brief['serious faults']}" if "serious faults" in brief else "",
        "estimate over the limit" if warns else "",
    ]
    if view.promoted:
        found.append(f"retrained, {version(view.serves)} promoted")
    elif view.contest is not None:
        found.append("retrained, champion stays")
    held = covered(view.missed_periods, view.window_start)
    if held:
        found.append(f"covers {listed(held, most=3)} too")
    return [note for note in found if note]
