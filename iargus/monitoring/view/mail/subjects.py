"""The subject of a mail: it alone says what has happened. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from iargus.monitoring.observed import Observed
from iargus.monitoring.result import Status, TaskOutcome
from iargus.monitoring.view.mail.reasons import Kind, in_order, severity_of, was_bad
from iargus.monitoring.view.mail.text import change_size, listed, months
from iargus.monitoring.view.wording import percent
from iargus.monitoring.window import covered
from iargus.text import printable

_MAX_CHARS = 200
_NAME_CHARS = 30
_MOST = 3


def subject_of(
    kinds: Sequence[Kind], outcome: TaskOutcome, before: Mapping[str, Any] | None = None
) -> str:
    """One line: what is asked of the reader, the task, the month, and every reason, the verdict
    first. `before` is the month that a recovery is compared with, see `reasons_for`."""
    first, *further = in_order(kinds)
    good = "good again" if was_bad(before) else "judged after all, and good"
    parts = [_first(first, outcome, good), *(_further(kind, outcome, good) for kind in further)]
    text = f"{printable(outcome.task, 64)} {outcome.period}, {'; '.join(parts)}"
    return printable(f"[IArgus] {severity_of(kinds)}: {text}", _MAX_CHARS)


def reason_of(outcome: TaskOutcome) -> str:
    """Why a task could not be judged."""
    return outcome.sentence.removeprefix("Could not be judged:").strip()


def _first(kind: Kind, outcome: TaskOutcome, good: str) -> str:
    error, limit = percent(outcome.error), percent(outcome.threshold)
    match kind:
        case Kind.FAILED_RUN:
            return f"could not be judged: {reason_of(outcome)}"
        case Kind.QUALITY:
            return _faults(outcome) + _standing(outcome)
        case Kind.ESTIMATE:
            return f"too few labels to judge, error of probably {_estimated(outcome)}"
        case Kind.DRIFT:
            return _drift(outcome, sizes=True) + _standing(outcome)
        case Kind.MISSED_RUN:
            too_few = outcome.status is Status.INSUFFICIENT
            judged = "too few labels to judge" if too_few else f"error {error}"
            if not covered(outcome.missed_periods, outcome.window_start):
                return f"{_further(kind, outcome, good)}; {judged}"
            return f"{_further(kind, outcome, good)}: covered now, {judged}"
        case Kind.RECOVERY:
            return f"{good}: error {error}, limit {limit}"
        case _:
            return _verdict(kind, outcome)


def _verdict(kind: Kind, outcome: TaskOutcome) -> str:
    retraining = outcome.retraining
    error, limit = percent(outcome.error), percent(outcome.threshold)
    now = error if retraining is None else percent(retraining.serving_error)
    if kind is Kind.SUSPECT:
        return f"error {error} is over {limit}, which may be chance"
    if kind is Kind.BREACH_FIXED:
        if outcome.serving_version != outcome.champion_version:
            return f"over the limit ({error}) and fixed by retraining: {now} now"
        return f"over the limit ({error}), within it again on the newest rows: {now}"
    if retraining is None or not retraining.holdout_rows:
        return f"error {now} is over {limit}, and no retraining was possible"
    return f"error {now} is over {limit} after retraining"


def _further(kind: Kind, outcome: TaskOutcome, good: str) -> str:
    match kind:
        case Kind.QUALITY:
            return _faults(outcome)
        case Kind.DRIFT:
            return _drift(outcome, sizes=False)
        case Kind.MISSED_RUN:
            return f"no run had judged {months(outcome.missed_periods)}"
        case Kind.RECOVERY:
            return good
        case _:
            return _first(kind, outcome, good)


def _standing(outcome: TaskOutcome) -> str:
    """What the error says, where the verdict itself is no reason for a mail."""
    if outcome.status is Status.HEALTHY:
        return f" while the error is within its limit ({percent(outcome.error)})"
    if outcome.status is Status.INSUFFICIENT:
        return ", too few labels to judge the error"
    return ""


def _drift(outcome: TaskOutcome, *, sizes: bool) -> str:
    drift = _observed(outcome).drift
    names = []
    for feature in drift.drifted if drift is not None else ():
        name = printable(feature.feature, _NAME_CHARS)
        # The surest change is the first one.
        names.append(f"{name} ({change_size(feature.changes[0])})" if sizes else name)
    return f"drift in {listed(names, most=_MOST, chars=60)}"


def _faults(outcome: TaskOutcome) -> str:
    faults = []
    for finding in _observed(outcome).serious:
        column = "" if finding.column is None else f" ({printable(finding.column, _NAME_CHARS)})"
        faults.append(f"{finding.fault}{column}")
    return f"bad data: {listed(dict.fromkeys(faults), most=_MOST, chars=90)}"


def _estimated(outcome: TaskOutcome) -> str:
    estimate = _observed(outcome).estimate
    error = None if estimate is None else estimate.error
    return f"{percent(error)} (limit {percent(outcome.threshold)})"


def _observed(outcome: TaskOutcome) -> Observed:
    return outcome.observed or Observed()
