"""The probable error of the predictions of a month, before their labels have come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Protocol

import numpy as np

from iargus.errors import IArgusError
from iargus.models.registry import ModelVersion
from iargus.monitoring.month.reference import Reference
from iargus.monitoring.observed import EstimateFacts
from iargus.monitoring.performance.unlabelled import MINIMUM_ROWS, estimate_error
from iargus.monitoring.period import Period
from iargus.tasks.base import Task


class RecordedAnswers(Protocol):
    """What is needed of the recorded predictions."""

    def answers(
        self, task: str, version: str, *, start: datetime, end: datetime
    ) -> Iterator[list[dict[str, Any]]]:
        """The answers of one version within a time, in parts."""
        ...


def estimate(
    task: Task,
    version: ModelVersion,
    reference: Reference | None,
    period: Period,
    recorded: RecordedAnswers | None,
) -> EstimateFacts | None:
    """Estimate the error of this version's answers of the month; None where there is nothing to
    estimate with: no recording, or a model that does not say how unsure it is.

    It judges nothing, so what is wrong with it is told and raises nothing.
    """
    model = None if reference is None else reference.doubts
    if recorded is None or model is None:
        return None
    doubts: list[float] = []
    try:
        for answers in recorded.answers(
            task.name, version.version, start=period.start, end=period.end
        ):
            found = (task.doubt(answer) for answer in answers)
            doubts.extend(each for each in found if each is not None and np.isfinite(each))
    except IArgusError as error:
        return EstimateFacts(reason=str(error))
    if len(doubts) < MINIMUM_ROWS:
        return EstimateFacts(
            rows=len(doubts),
            reason=f"{len(doubts):,} recorded predictions; {MINIMUM_ROWS} are needed",
        )
    told = estimate_error(model, np.maximum(doubts, 0.0), threshold=task.policy.threshold)
    return EstimateFacts(told.error, told.interval, told.rows, told.beyond, told.warns)
