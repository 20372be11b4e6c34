"""What is wrong with rows, in a line. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from iargus.monitoring.stats.quality.scan import Finding

_MOST_NAMES = 5


def faults(findings: Sequence[Finding]) -> str:
    """What is wrong with rows, in a line."""
    return listed(
        [
            each.fault.value
            + (f" ({each.column})" if each.column else "")
            + (f" in {each.count:,} of {each.rows:,}" if 0 < each.count < each.rows else "")
            for each in findings
        ]
    )


def listed(names: Sequence[str]) -> str:
    """The first of the names, and how many more there are."""
    text = ", ".join(name if len(name) <= 60 else f"{name[:59]}…" for name in names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    return f"{text} and {more:,} more" if more > 0 else text
