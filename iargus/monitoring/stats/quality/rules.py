"""Which findings about a month's rows a person should look at now. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from iargus.monitoring.stats.quality.scan import Fault, Finding

SHARE = 0.01  # of the rows: a slip or two in a month are no news
ROWS = 5
REPEATED = 0.10  # more than in the reference: shares of repeats are never quite zero

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


def repeated_share(findings: Iterable[Finding]) -> float:
    """The share of rows that are copies of others."""
    return next((each.share for each in findings if each.fault is Fault.DUPLICATED), 0.0)
