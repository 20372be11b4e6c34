"""The probable error of the predictions of a month, before their labels have come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from math import isfinite
from typing import Any, Protocol

import numpy as np

from iargus.errors import IArgusError
from iargus.monitoring.month.reference import Reference
from iargus.monitoring.observed import EstimateFacts
from iargus.monitoring.period import Period
from iargus.monitoring.stats.performance.unlabelled import MINIMUM_ROWS, estimate_error
from iargus.registry import ModelVersion
from iargus.storage.labelled.repeats import EarlierRows
from iargus.tasks.base import Task


class RecordedAnswers(Protocol):
    """What is needed of the recorded predictions."""

    def answered(
        self, task: str, version: str, *, start: datetime, end: datetime
    ) -> Iterator[list[tuple[dict[str, Any], dict[str, Any]]]]:
        """The inputs of one version within a time, each with its answer, in parts."""
        ...


def estimate(
    task: Task,
    version: ModelVersion,
    reference: Reference | None,
    period: Period,
    recorded: RecordedAnswers | None,
    earlier: EarlierRows,
) -> EstimateFacts | None:
    """Estimate the error of this version's answers of the month; None where there is nothing to
    estimate with: no recording, or a model that does not say how unsure it is.

    An input counts once, and not at all if it is that of an earlier labelled row: the estimate
    rests on uncertainties that were measured without repeats too.

    Args:
        earlier: the features of the labelled rows from before.

    It judges nothing, so what is wrong with it is reported and raises nothing.
    """
    model = None if reference is None else reference.uncertainties
    if recorded is None or model is None:
        return None
    uncertainties: list[float] = []
    repeated = 0
    try:
        for part in recorded.answered(
            task.name, version.version, start=period.start, end=period.end
        ):
            found = [(task.uncertainty(answer), asked) for asked, answer in part]
            known = [(each, asked) for each, asked in found if each is not None and isfinite(each)]
            first = earlier.first(task.frame([asked for _, asked in known]))
            uncertainties.extend(each for (each, _), new in zip(known, first, strict=True) if new)
            repeated += int((~first).sum())
    except IArgusError as error:
        return EstimateFacts(reason=str(error))
    if len(uncertainties) < MINIMUM_ROWS:
        return EstimateFacts(
            rows=len(uncertainties),
            reason=f"{len(uncertainties):,} recorded predictions"
            + (f" without {repeated:,} repeats of earlier inputs" if repeated else "")
            + f"; {MINIMUM_ROWS} are needed",
            repeated=repeated,
        )
    estimated = estimate_error(
        model, np.maximum(uncertainties, 0.0), threshold=task.policy.threshold
    )
    return EstimateFacts(**vars(estimated), repeated=repeated)
