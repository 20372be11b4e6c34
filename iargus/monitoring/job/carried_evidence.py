"""What the months before say of the champion that is judged now. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from iargus.monitoring.job.records import RunRecord
from iargus.monitoring.period import Period
from iargus.monitoring.stats.performance.evidence import Evidence


def carried_evidence(history: Sequence[RunRecord], period: Period, *, version: str) -> Evidence:
    """The evidence that the newest month before `period` has left about this version.

    None is carried over a promotion, for another model has another error; nor from the record of
    `period` itself, which `--force` replaces.

    Args:
        history: the records of the task, the latest month first.
        version: the version that is champion now.
    """
    for record in history:
        if record.period < period:
            if record.facts.get("serving_version") != version:
                return Evidence()
            return Evidence.from_json(record.facts.get("evidence"))
    return Evidence()
