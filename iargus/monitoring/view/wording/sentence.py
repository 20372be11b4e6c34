"""The sentences of a run: one per task, the same in the terminal, in JSON and in mails. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from iargus.monitoring.observed import Observed
from iargus.monitoring.period import Period
from iargus.monitoring.stats.performance.verdict import State, Verdict
from iargus.monitoring.stats.quality.findings import faults
from iargus.monitoring.view.figures import day, minute, months, p_value, percent
from iargus.monitoring.view.month_view import Retraining
from iargus.monitoring.view.wording.contest import outcome_of
from iargus.monitoring.view.wording.drift import drifted_features
from iargus.monitoring.view.wording.rows import left_out_of
from iargus.monitoring.window import Window, covered
from iargus.storage.labelled.repeats import in_brackets


def judged(
    verdict: Verdict,
    version: str,
    retraining: Retraining | None,
    *,
    window: Window,
    observed: Observed,
    dry_run: bool,
) -> str:
    """What was found and done about a task, in one or a few sentences."""
    error, limit, rows = percent(verdict.error), percent(verdict.threshold), f"{verdict.rows:,}"
    aside = in_brackets(left_out_of(observed.repeats))
    facts = f"error {error} on {rows} new rows{aside}, limit {limit}"
    if verdict.state is State.INSUFFICIENT:
        text = (
            f"Not enough data to judge version {version}: {rows} new "
            f"{'row' if verdict.rows == 1 else 'rows'}{aside}, {verdict.needed_rows:,} are needed."
        )
        if window.start >= window.end:
            text += f" It has learned from rows until {minute(window.start)} UTC."
        elif verdict.rows:
            text += f" {counted_again(verdict.rows)}"
    elif verdict.state is State.HEALTHY:
        text = f"Version {version} is good: {facts}."
    elif verdict.state is State.SUSPECT:
        text = (
            f"Version {version} is suspect: {facts}. That may be chance (lower bound "
            f"{percent(verdict.lower_bound)}); nothing was retrained, later months will tell."
        )
    else:
        text = f"Version {version} is over the limit: {facts}."
        if verdict.accumulated:
            text += " Several months together prove it."
    if retraining is not None:
        text += " " + retrained(retraining, version, verdict.threshold, dry_run=dry_run)
    if observed.drift is not None and observed.drift.drifted:
        text += f" Drift: {drifted_features(observed.drift.drifted)}."
    if observed.quality:
        text += f" In the rows: {faults(observed.quality)}."
    if window.missed:
        text += f" {missed(window.missed, window.start)}"
    return text


def counted_again(rows: int) -> str:
    """What becomes of rows that were too few. A version that learned from them cannot be judged
    by them."""
    it, is_counted = ("It", "counts") if rows == 1 else ("They", "count")
    return f"{it} {is_counted} again next month, unless a new champion has learned from them."


def missed(periods: Sequence[Period], start: datetime | None) -> str:
    """Months that no run had judged, and whether a window that begins at `start` covers them."""
    held = covered(periods, start)
    if not held:
        rest = ", and the champion has learned from its rows since"
    elif start is None or start <= periods[0].start:
        rest = "; this one covers the time"
    else:
        rest = f"; this one covers the time since {day(start)}"
    return f"No run had judged {months(periods)}{rest}."


def retrained(
    retraining: Retraining, champion: str, threshold: float, *, dry_run: bool = False
) -> str:
    """What retraining has led to."""
    if retraining.holdout_rows == 0:
        return (
            "Nothing was retrained: every held-out row repeats an earlier one."
            f" Version {champion} stays."
        )
    number = retraining.challenger_version
    new = "a new model" if number is None else f"version {number}"
    contest = (
        f"{percent(retraining.challenger_error)} against {percent(retraining.champion_error)} "
        f"on the newest {retraining.holdout_rows:,} rows"
        f"{in_brackets(retraining.repeated_rows)} ({p_value(retraining.p_value)})"
    )
    text = f"Retrained: {new} {outcome_of(retraining)}: {contest}."
    promotes = retraining.decision.value == "promote"
    if promotes:
        text += f" It {'would be' if dry_run else 'was'} promoted."
    elif retraining.refused is not None:
        text += f" It is not served: {retraining.refused}. Version {champion} stays."
    else:
        text += f" Version {champion} stays."
    would = "would be" if dry_run and promotes else "is"
    state = (
        "still over the limit"
        if retraining.serving_error > threshold
        else ("within the limit again")
    )
    return f"{text} Performance {would} {state} ({percent(retraining.serving_error)})."


def not_due(task: str, period: Period, recorded: Period) -> str:
    if recorded == period:
        return f"Not due: {period} of {task} was judged already; --force judges it again."
    return f"Not due: {recorded}, a later month of {task}, was judged already."
