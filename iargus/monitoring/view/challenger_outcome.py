"""What a contest has shown about the challenger, in words that agree with the numbers beside them.

Pure; the same words in the terminal, reports, mails, and explanations.
"""

from __future__ import annotations

from iargus.monitoring.stats.performance.comparison import Decision, Method
from iargus.monitoring.view import reading
from iargus.monitoring.view.reading import Document

CHANCE = "which may be chance"
_SHOWN = 0.001  # a tenth of a point, the last digit of an error


def outcome_of(retraining: Document) -> str:
    """What the challenger does, behind its name: `has a higher error, which may be chance`.
    Only what a test has shown is called better or worse."""
    decision = reading.text(retraining, "decision")
    if decision == Decision.PROMOTE or reading.text(retraining, "refused"):
        return f"is better{_by_little(retraining)}"
    champion = reading.number(retraining, "champion_error")
    challenger = reading.number(retraining, "challenger_error")
    if champion is None or challenger is None:
        return "was not compared"
    than_champion = challenger - champion
    worse = reading.parts(retraining, "worse")
    if worse:
        segments = "in one segment" if len(worse) == 1 else f"in {len(worse):,} segments"
        return f"has {_compared(than_champion)} on the whole, and is worse {segments}"
    if decision == Decision.KEEP and than_champion == 0:
        return "is no better: both have the same error"
    if decision == Decision.KEEP:
        return f"is worse{_by_little(retraining)}"
    if reading.text(retraining, "method") == Method.TOO_FEW:
        return f"has {_compared(than_champion)}, on too few rows to compare two models"
    return f"has {_compared(than_champion)}, {CHANCE}"


def _compared(difference: float) -> str:
    if difference == 0:
        return "the same error"
    words = "a higher error" if difference > 0 else "a lower error"
    return f"{words} by less than 0.1 points" if abs(difference) < _SHOWN else words


def _by_little(retraining: Document) -> str:
    """Where both errors may read alike."""
    champion = reading.number(retraining, "champion_error")
    challenger = reading.number(retraining, "challenger_error")
    if champion is None or challenger is None or abs(challenger - champion) >= _SHOWN:
        return ""
    return " by less than 0.1 points"
