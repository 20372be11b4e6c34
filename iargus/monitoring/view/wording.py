"""The sentences of a run: one per task, the same in the terminal, in JSON and in mails."""

from __future__ import annotations

from collections.abc import Sequence

from iargus.monitoring.observed import Observed
from iargus.monitoring.period import Period
from iargus.monitoring.result import Retraining, plain
from iargus.monitoring.stats.drift.compare import ChangeType
from iargus.monitoring.stats.drift.facts import FeatureFacts
from iargus.monitoring.stats.performance.verdict import State, Verdict
from iargus.monitoring.stats.quality.findings import faults, listed
from iargus.monitoring.view.challenger_outcome import outcome_of
from iargus.monitoring.view.repeats import in_brackets, left_out_of
from iargus.monitoring.window import Window, covered

METRICS = {"mape": "mean absolute percentage error", "error_rate": "share of wrong answers"}
_MOST_NAMES = 5


def percent(share: float | None) -> str:
    """`0.2413` as `24.1 %`; a dash where there is no number."""
    return "–" if share is None else f"{share * 100:.1f} %"


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
            text += f" It has learned from rows until {window.start:%Y-%m-%d %H:%M} UTC."
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
        text += f" Drift: {listed([drifted(each) for each in observed.drift.drifted])}."
    if observed.quality:
        text += f" In the rows: {faults(observed.quality)}."
    if window.missed:
        text += f" No run had judged {_months(window.missed)}{covering(window.missed, window)}."
    return text


def counted_again(rows: int) -> str:
    """What becomes of rows that were too few. A version that learned from them cannot be judged
    by them."""
    it, is_counted = ("It", "counts") if rows == 1 else ("They", "count")
    return f"{it} {is_counted} again next month, unless a new champion has learned from them."


def covering(missed: Sequence[Period], window: Window) -> str:
    """Whether this run makes good for months that no run had judged."""
    held = covered(missed, window.start)
    if not held:
        return ", and the champion has learned from its rows since"
    if window.start <= missed[0].start:
        return "; this one covers the time"
    return f"; this one covers the time since {window.start:%Y-%m-%d}"


def drifted(feature: FeatureFacts) -> str:
    """A feature, and what of it has changed where that is not its distribution."""
    changes = [each for each in feature.changes if each.drifted]
    others = [each.what.value for each in changes if each.what is not ChangeType.DISTRIBUTION]
    return feature.feature + (f" ({', '.join(others)})" if others else "")


def retrained(
    retraining: Retraining, champion: str, threshold: float, *, dry_run: bool = False
) -> str:
    """What retraining has led to."""
    if retraining.holdout_rows == 0:
        return (
            "Nothing was retrained: every held-out row repeats an earlier one."
            f" Version {champion} stays."
        )
    would = "would be " if dry_run else "was "
    new = (
        f"version {retraining.challenger_version}"
        if retraining.challenger_version is not None
        else "a new model"
    )
    contest = (
        f"{percent(retraining.challenger_error)} against {percent(retraining.champion_error)} "
        f"on the newest {retraining.holdout_rows:,} rows"
        f"{in_brackets(retraining.repeated_rows)} (p = {retraining.p_value:.2g})"
    )
    shown = f"{new} {outcome_of(plain(retraining))}: {contest}"
    if retraining.decision.value == "promote":
        text = f"Retrained: {shown}. It {would}promoted."
    elif retraining.refused is not None:
        text = (
            f"Retrained: {shown}. It is not served: {retraining.refused}. Version {champion} stays."
        )
    else:
        text = f"Retrained: {shown}. Version {champion} stays."
    over = retraining.serving_error > threshold
    trial = dry_run and retraining.decision.value == "promote"
    would = "would be" if trial else "is"
    return text + (
        f" Performance {would} still over the limit ({percent(retraining.serving_error)})."
        if over
        else f" Performance {would} within the limit again ({percent(retraining.serving_error)})."
    )


def not_due(task: str, period: Period, recorded: Period) -> str:
    if recorded == period:
        return f"Not due: {period} of {task} was judged already; --force judges it again."
    return f"Not due: {recorded}, a later month of {task}, was judged already."


def _months(missed: Sequence[Period]) -> str:
    if len(missed) <= 3:
        return ", ".join(map(str, missed))
    return f"{len(missed)} months from {missed[0]} to {missed[-1]}"
