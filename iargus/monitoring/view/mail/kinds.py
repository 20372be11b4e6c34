"""What a mail can be about, and how urgent that is. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum


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


def in_words(kind: str) -> str:
    """`breach_not_mended` as people say it; also a kind of another version of IArgus."""
    return kind.replace("mended", "fixed").replace("_", " ")
