"""What a mail can be about, how urgent that is, and which outcomes are worth one. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from iargus.monitoring.result import Status, TaskOutcome
from iargus.monitoring.stats.drift.facts import FeatureFacts


class Kind(StrEnum):
    """A reason for a mail, the most urgent first; its name is part of the Message-ID."""

    FAILED_RUN = "failed_run"  # the task could not be judged
    BREACH_NOT_FIXED = "breach_not_mended"  # over the limit, also after retraining
    QUALITY = "quality"  # rows that a person has to correct
    ESTIMATE = "estimate"  # too few labels to judge, and the model's own uncertainty warns
    DRIFT = "drift"  # the input has changed
    SUSPECT = "suspect"  # over the limit, which may be chance
    BREACH_FIXED = "breach_mended"  # was over the limit, and is within it now
    MISSED_RUN = "missed_run"  # months that no run had judged
    RECOVERY = "recovery"  # what was told before is over


class Severity(StrEnum):
    """What a mail asks of its reader, in the words of the subject."""

    ACTION = "Action needed"
    REVIEW = "Review"
    INFORMATION = "Information"


_ACTION = {Kind.FAILED_RUN, Kind.BREACH_NOT_FIXED, Kind.QUALITY}
_REVIEW = {Kind.ESTIMATE, Kind.DRIFT, Kind.SUSPECT}
_VERDICTS = {Kind.BREACH_NOT_FIXED, Kind.SUSPECT, Kind.BREACH_FIXED}


def severity_of(kinds: Sequence[Kind]) -> Severity:
    """That of the most urgent one."""
    if _ACTION.intersection(kinds):
        return Severity.ACTION
    return Severity.REVIEW if _REVIEW.intersection(kinds) else Severity.INFORMATION


def in_order(kinds: Sequence[Kind]) -> tuple[Kind, ...]:
    """In the order in which a mail tells them: the verdict first, then the most urgent one.

    A reader who sees "drift" first would think that the error was fine.
    """
    order = list(Kind)
    return tuple(sorted(kinds, key=lambda kind: (kind not in _VERDICTS, order.index(kind))))


GROWN = 2.0


def reasons_for(
    outcome: TaskOutcome, *, before: Mapping[str, Any] | None, failed_before: bool
) -> tuple[Kind, ...]:
    """All reasons for a mail about this outcome, the most urgent first; none when none is due.

    Args:
        before: the document (`TaskOutcome.to_json`) of the newest earlier month that had enough
            rows to be judged, None when there is none.
        failed_before: whether a mail has said that this very month could not be judged.
    """
    if outcome.status is Status.FAILED:
        return (Kind.FAILED_RUN,)
    if outcome.status is Status.NOT_DUE:
        return ()
    observed, status = outcome.observed, outcome.status
    drift = None if observed is None else observed.drift
    estimate = None if observed is None else observed.estimate
    holds = {
        Kind.BREACH_NOT_FIXED: status is Status.BREACH and not is_recovered(outcome),
        Kind.QUALITY: observed is not None and bool(observed.serious),
        Kind.ESTIMATE: (status is Status.INSUFFICIENT and estimate is not None and estimate.warns),
        Kind.DRIFT: drift is not None and _has_news(drift.drifted, outcome, before),
        Kind.SUSPECT: status is Status.SUSPECT,
        Kind.BREACH_FIXED: status is Status.BREACH and is_recovered(outcome),
        Kind.MISSED_RUN: bool(outcome.missed_periods),
        Kind.RECOVERY: status is Status.HEALTHY and (failed_before or was_bad(before)),
    }
    return tuple(kind for kind in Kind if holds.get(kind, False))


def _has_news(
    drifted: Sequence[FeatureFacts], outcome: TaskOutcome, before: Mapping[str, Any] | None
) -> bool:
    """Whether a drift is new: of a feature that had none the month before, or `GROWN` times what
    it was. The same drift is in every report, and told once; another champion has another
    reference."""
    told: dict[str, float] = {}
    if before is not None and before.get("serving_version") == outcome.champion_version:
        earlier = ((before.get("observed") or {}).get("drift") or {}).get("features") or ()
        told = {
            feature["feature"]: max((each["effect"] for each in feature["changes"]), default=0.0)
            for feature in earlier
            if feature["drifted"]
        }
    return any(
        feature.feature not in told
        or max(each.effect for each in feature.changes if each.drifted)
        >= GROWN * told[feature.feature]
        for feature in drifted
    )


def is_recovered(outcome: TaskOutcome) -> bool:
    """Whether the model that serves after a breach is within the limit, as far as the rows kept
    aside can tell."""
    retraining = outcome.retraining
    return retraining is not None and retraining.serving_error <= outcome.threshold


def was_bad(before: Mapping[str, Any] | None) -> bool:
    """Whether an earlier month has left its readers with bad news: suspect, or a breach that
    retraining did not mend."""
    if before is None:
        return False
    if before.get("status") == Status.SUSPECT.value:
        return True
    told = (before.get("mail"), *(before.get("also") or ()))
    return Kind.BREACH_NOT_FIXED.value in told
