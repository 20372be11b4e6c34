"""The contest of champion and challenger after a breach. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from iargus.mailing.content import Fact, Section
from iargus.monitoring.stats.performance.comparison import (
    ALPHA,
    MARGIN,
    MINIMUM_PAIRS,
    Decision,
    Method,
)
from iargus.monitoring.stats.performance.segments import MINIMUM_ROWS
from iargus.monitoring.view.figures import minute, p_value, percent, rows, version
from iargus.monitoring.view.month_view import MonthView, Retraining
from iargus.storage.labelled.repeats import left_out
from iargus.text import SENTENCE_CHARS, printable

_SHOWN = 0.001  # a tenth of a point, the last digit of an error
_ALPHA = f"{ALPHA * 100:.1f} %"
_MOST_WORSE = 20


def contest(view: MonthView) -> Section:
    """Empty where no challenger was wanted."""
    retraining = view.retraining
    return Section(
        "contest",
        "Champion against challenger",
        () if retraining is None else tuple(_sentences(view, retraining)),
        () if retraining is None else _worse(retraining),
        ("Worse in", "Challenger and champion", ""),
    )


def outcome_of(retraining: Retraining) -> str:
    """What the challenger does, behind its name: `has a higher error, which may be chance`.
    Only what a test has shown is called better or worse."""
    champion, challenger = retraining.champion_error, retraining.challenger_error
    known = champion is not None and challenger is not None
    difference = (challenger or 0.0) - (champion or 0.0) if known else 0.0
    little = " by less than 0.1 points" if known and abs(difference) < _SHOWN else ""
    if retraining.decision is Decision.PROMOTE or retraining.refused:
        return f"is better{little}"
    if not known:
        return "was not compared"
    than_champion = _compared(difference) + (little if difference else "")
    if retraining.worse:
        number = len(retraining.worse)
        segments = "in one segment" if number == 1 else f"in {number:,} segments"
        return f"has {than_champion} on the whole, and is worse {segments}"
    if retraining.decision is Decision.KEEP:
        return f"is worse{little}" if difference else "is no better: both have the same error"
    if retraining.method == Method.TOO_FEW:
        return f"has {than_champion}, on too few rows to compare two models"
    return f"has {than_champion}, which may be chance"


def _compared(difference: float) -> str:
    if not difference:
        return "the same error"
    return "a higher error" if difference > 0 else "a lower error"


def _sentences(view: MonthView, retraining: Retraining) -> Iterator[str]:
    if not retraining.holdout_rows:
        yield "No row was left to compare two models on: all repeat earlier ones."
        return
    number = retraining.challenger_version
    challenger = f"The challenger, {version(number)}," if number else "The challenger"
    since = f"from {minute(retraining.cut)} UTC on"
    details = ", ".join(each for each in (since, left_out(retraining.repeated_rows)) if each)
    yield (
        f"The newest {rows(retraining.holdout_rows)} ({details}) were held out. {challenger} "
        f"learned from {rows(retraining.learned_rows)} before them."
    )
    yield (
        f"On the held-out rows the error of the champion is {percent(retraining.champion_error)}, "
        f"that of the challenger {percent(retraining.challenger_error)} "
        f"({printable(retraining.method, 80)}: {p_value(retraining.p_value)})."
    )
    yield f"The challenger {outcome_of(retraining)}{_reason(retraining)}"
    if view.threshold is not None:
        over = retraining.serving_error > view.threshold
        yield (
            "The error of the model that serves since then is "
            f"{percent(retraining.serving_error)} on these rows, "
            f"{'still over' if over else 'within'} the limit of {percent(view.threshold)}."
        )


def _reason(retraining: Retraining) -> str:
    """How the decision follows, behind what the challenger does."""
    if retraining.decision is Decision.PROMOTE:
        return f": an equal one would do so well with a chance of {_ALPHA} at most."
    if retraining.refused:
        refused = printable(retraining.refused, SENTENCE_CHARS).rstrip(".")
        return f", and cannot be served: {refused}. The champion stays."
    if retraining.worse:
        return (
            ". The champion stays, because the challenger is worse there surely and by more than "
            f"{MARGIN * 100:.0f} points, in segments of at least {MINIMUM_ROWS} rows:"
        )
    if retraining.method == Method.TOO_FEW:
        return f": {MINIMUM_PAIRS} rows are needed for a test. The champion stays."
    if retraining.decision is Decision.UNDECIDED:
        return f": to show that one is better, p has to be at most {_ALPHA}. The champion stays."
    return ". The champion stays."


def _worse(retraining: Retraining) -> tuple[Fact, ...]:
    """The segments that block a promotion."""
    return tuple(
        Fact(
            printable(each.segment),
            f"{percent(each.challenger_error)} against {percent(each.champion_error)}",
            f"{rows(each.rows)}, {p_value(each.p_value)}",
        )
        for each in retraining.worse
    )
