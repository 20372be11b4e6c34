"""What may be wrong with rows, how urgent it is, and in a line. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from iargus.text import listed

SHARE = 0.01  # of the rows: a slip or two in a month are no news
ROWS = 5
REPEATED = 0.10  # more than in the reference: shares of repeats are never quite zero


class Fault(StrEnum):
    NO_ROWS = "no rows"
    COLUMN_MISSING = "column missing"
    COLUMN_EMPTY = "column empty"
    TYPE_FLIP = "text in a column of numbers"
    NUMBERS_IN_WORDS = "numbers in a column of words"
    INFINITE = "infinite values"
    DUPLICATED = "repeated rows"
    LABEL_MISSING = "label missing"
    LABEL_IMPOSSIBLE = "impossible label"
    TEXT_TOO_LONG = "text too long"
    UNIT = "unit changed"
    FUTURE = "rows dated in the future"


@dataclass(frozen=True)
class Finding:
    """`count` of `rows` rows have this fault; `column` is None where it concerns whole rows."""

    fault: Fault
    column: str | None
    count: int
    rows: int
    detail: str = ""

    @property
    def share(self) -> float:
        return self.count / self.rows if self.rows else 1.0


_ALWAYS = frozenset({Fault.COLUMN_MISSING, Fault.COLUMN_EMPTY, Fault.UNIT, Fault.FUTURE})
_NEVER = frozenset({Fault.NO_ROWS})  # "not enough data" says it


def is_serious(finding: Finding, *, repeated_before: float) -> bool:
    """Whether a finding asks for a person: whole columns and units always, single rows when they
    are many.

    Args:
        repeated_before: the share of repeated rows in the reference.
    """
    if finding.fault in _NEVER:
        return False
    if finding.fault in _ALWAYS:
        return True
    if finding.fault is Fault.DUPLICATED:
        return finding.share >= repeated_before + REPEATED
    return finding.count >= ROWS and finding.share >= SHARE


def faults(findings: Sequence[Finding]) -> str:
    """What is wrong with rows, in a line."""
    return listed(
        [
            each.fault.value
            + (f" ({each.column})" if each.column else "")
            + (f" in {each.count:,} of {each.rows:,}" if 0 < each.count < each.rows else "")
            for each in findings
        ],
        most=5,
        longest=60,
    )
