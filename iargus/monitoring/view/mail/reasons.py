"""What a mail can be about, how urgent that is, and which outcomes are worth one. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from iargus.mailing.content import Severity
from iargus.monitoring.view.month_view import MonthView, Status
from iargus.monitoring.view.wording.drift import drifted_of


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
    view: MonthView, *, before: MonthView | None, failed_before: bool
) -> tuple[Kind, ...]:
    """All reasons for a mail about this month, the most urgent first; none when none is due.

    Args:
        before: the newest earlier month that had enough rows to be judged, None when there is none.
        failed_before: whether a mail has said that this very month could not be judged.
    """
    if view.status is Status.FAILED:
        return (Kind.FAILED_RUN,)
    if view.status is Status.NOT_DUE:
        return ()
    observed, status = view.observed, view.status
    estimate = None if observed is None else observed.estimate
    holds = {
        Kind.BREACH_NOT_FIXED: view.over,
        Kind.QUALITY: observed is not None and bool(observed.serious),
        Kind.ESTIMATE: status is Status.INSUFFICIENT and estimate is not None and estimate.warns,
        Kind.DRIFT: _has_news(view, before),
        Kind.SUSPECT: status is Status.SUSPECT,
        Kind.BREACH_FIXED: status is Status.BREACH and not view.over,
        Kind.MISSED_RUN: bool(view.missed_periods),
        Kind.RECOVERY: status is Status.HEALTHY and (failed_before or was_bad(before)),
    }
    return tuple(kind for kind in Kind if holds.get(kind, False))


def _has_news(view: MonthView, before: MonthView | None) -> bool:
    """Whether a drift is new: of a feature that had none the month before, or `GROWN` times what
    it was. The same drift is in every report, and told once; another champion has another
    reference."""
    told: dict[str, float] = {}
    if before is not None and before.serving_version == view.champion_version:
        told = {
            feature.feature: max((each.effect for each in feature.changes), default=0.0)
            for feature in drifted_of(before)
        }
    return any(
        feature.feature not in told
        or max(each.effect for each in feature.changes if each.drifted)
        >= GROWN * told[feature.feature]
        for feature in drifted_of(view)
    )


def was_bad(before: MonthView | None) -> bool:
    """Whether an earlier month has left its readers with bad news: suspect, or a breach that
    retraining did not fix."""
    if before is None:
        return False
    if before.status is Status.SUSPECT:
        return True
    return Kind.BREACH_NOT_FIXED.value in (before.mail, *before.also)
