"""The figures of a mail: the month, the error, the contest. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from iargus.mailing.content import Fact, Section
from iargus.monitoring.result import Retraining, TaskOutcome
from iargus.monitoring.stats.performance.comparison import Decision
from iargus.monitoring.view.mail.text import listed, months
from iargus.monitoring.view.repeats import in_brackets, sentence
from iargus.monitoring.view.wording import METRICS, percent
from iargus.monitoring.window import covered
from iargus.text import printable

_MOST_PARTS = 3
_PART_CHARS = 40


def facts_of(outcome: TaskOutcome) -> tuple[Fact, ...]:
    """The month in figures; what is not known is left out."""
    return tuple(_facts(outcome))


def contest_of(outcome: TaskOutcome) -> Section | None:
    """Champion against challenger; None when there was no comparison."""
    retraining = outcome.retraining
    if retraining is None or not retraining.holdout_rows:
        return None
    facts = tuple(_contest(retraining, champion=version(outcome.champion_version)))
    return Section("Champion against challenger", facts)


def version(name: str | None) -> str:
    return "not registered" if name is None else f"version {printable(name, 32)}"


def timestamp(value: datetime) -> str:
    return f"{value:%Y-%m-%d %H:%M}"


def _facts(outcome: TaskOutcome) -> Iterator[Fact]:
    yield Fact("Task", printable(outcome.task, 64))
    yield Fact("Period", str(outcome.period))
    if outcome.window_start is not None and outcome.window_end is not None:
        window = f"{timestamp(outcome.window_start)} to {timestamp(outcome.window_end)} UTC"
        yield Fact("Rows judged", f"{outcome.rows:,}", window)
    if outcome.missed_periods:
        held = covered(outcome.missed_periods, outcome.window_start)
        detail = "the champion has learned from their rows since"
        if held:
            detail = "covered by this one"
            start = outcome.window_start
            if start is not None and start > outcome.missed_periods[0].start:
                detail += f" from {start:%Y-%m-%d} on"
        yield Fact("Without a run", months(outcome.missed_periods), detail)
    repeats = None if outcome.observed is None else outcome.observed.repeats
    if repeats is not None and repeats.repeated:
        yield Fact("Repeats", f"{repeats.repeated:,} of {repeats.rows:,} rows", sentence(repeats))
    if outcome.refused_rows:
        yield Fact("Rows set aside", f"{outcome.refused_rows:,}", "their label is none of the task")
    if outcome.retraining is not None:
        yield Fact(
            "Error now", percent(outcome.retraining.serving_error), _known_from(outcome.retraining)
        )
    if outcome.error is not None:
        measure = METRICS.get(outcome.metric, outcome.metric)
        yield Fact(
            "Error of the month", percent(outcome.error), f"{measure}{_between(outcome.interval)}"
        )
    yield from _observed(outcome)
    yield Fact("Limit", percent(outcome.threshold))
    if outcome.champion_version is not None:
        yield Fact("Champion judged", version(outcome.champion_version))
        yield Fact("Serves now", version(outcome.serving_version))


def _observed(outcome: TaskOutcome) -> Iterator[Fact]:
    observed = outcome.observed
    if observed is None:
        return
    estimate = observed.estimate
    if estimate is not None and estimate.error is not None:
        detail = f"by its own uncertainty about {estimate.rows:,} predictions without labels"
        detail += _between(estimate.interval)
        yield Fact("Error expected", percent(estimate.error), detail)
    if observed.segments:
        parts = [
            f"{printable(part.segment, _PART_CHARS)}: {percent(part.error)} of {part.rows:,} rows"
            for part in observed.segments[:_MOST_PARTS]
        ]
        yield Fact("Worst parts", "; ".join(parts))


def _contest(retraining: Retraining, *, champion: str) -> Iterator[Fact]:
    yield Fact("Champion", percent(retraining.champion_error), champion)
    yield Fact(
        "Challenger",
        percent(retraining.challenger_error),
        f"{version(retraining.challenger_version)}, trained on {retraining.learned_rows:,} rows",
    )
    since = f"the newest, from {timestamp(retraining.cut)} UTC on"
    since += in_brackets(retraining.repeated_rows)
    yield Fact("Compared on", f"{retraining.holdout_rows:,} rows", since)
    yield Fact("Test", f"p = {retraining.p_value:.2g}", printable(retraining.method, 80))
    if retraining.worse:
        names = [worse.segment for worse in retraining.worse]
        worse = listed(names, most=_MOST_PARTS, chars=_PART_CHARS)
        yield Fact("Worse than before", worse, "parts in which the challenger lost clearly")
    promoted = retraining.decision is Decision.PROMOTE
    yield Fact("Decision", "challenger promoted" if promoted else "champion stays")


def _known_from(retraining: Retraining) -> str:
    if not retraining.holdout_rows:
        return "of the whole month; no rows were left to compare models on"
    return "of the model that serves, on the held-out rows"


def _between(interval: tuple[float, float] | None) -> str:
    if interval is None:
        return ""
    return f"; with 95 % confidence between {percent(interval[0])} and {percent(interval[1])}"
