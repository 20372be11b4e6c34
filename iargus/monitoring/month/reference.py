"""What a model's input looked like when it was measured; stored with its version.

A month is compared with this summary instead of with rows. The reference window are the labelled
rows that the version was measured on and has not learned from: only of those are its predictions
and uncertainties those of a model in use. Repeats of earlier rows are left out of both.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import pandas as pd

from iargus.errors import ArtefactRejected, DataError
from iargus.monitoring.stats.drift.summary import (
    FeatureSummary,
    Kind,
    Kinds,
    Summary,
    kind_of,
    summarise,
)
from iargus.monitoring.stats.performance.unlabelled import MINIMUM_ROWS, UncertaintyModel
from iargus.monitoring.stats.quality.units import UnitCheck, unit_reference
from iargus.registry import ModelVersion, Registry
from iargus.storage.labelled.repeats import Repeats
from iargus.tasks.base import Task
from iargus.training.evaluate import Evaluation

REFERENCE_FILE = "reference.json"
PREDICTION = "(prediction)"  # beside the features, none of which has brackets
_FORMAT = 1


@dataclass(frozen=True)
class Reference:
    """What is kept of the reference window.

    Attributes:
        start, end: bound the rows in time, UTC without a zone.
        columns: a summary of each column that `Task.drift_features` gives, and of the predictions.
        kinds: how each feature was to be read.
        repeated: the share of the window's rows that repeat an earlier one.
        repeats: whether these were left out of everything else; a month does the same.
        uncertainties: what the model's uncertainties said of its errors.
    """

    rows: int
    start: datetime
    end: datetime
    columns: Mapping[str, FeatureSummary]
    kinds: Kinds
    units: tuple[UnitCheck, ...] = ()
    repeated: float = 0.0
    uncertainties: UncertaintyModel | None = None
    repeats: Repeats = Repeats.LEFT_OUT

    def summary_of(self, task: Task, rows: pd.DataFrame, evaluation: Evaluation) -> Summary:
        """The same columns of other rows, as they were read here."""
        known = {name: summary.kind for name, summary in self.columns.items()}
        return summarise(_compared(task, rows, evaluation), known)

    @classmethod
    def of(
        cls, task: Task, rows: pd.DataFrame, evaluation: Evaluation, *, repeated: float = 0.0
    ) -> Self:
        """Summarise `rows` (features, `label`, `observed_at`), on which a model was measured.

        Args:
            repeated: the share of rows that were left out before as repeats of earlier ones.
        """
        uncertainties = None
        if evaluation.uncertainties is not None and len(rows) >= MINIMUM_ROWS:
            uncertainties = UncertaintyModel.fit(evaluation.uncertainties, evaluation.errors)
        kinds = {name: kind_of(rows[name]) for name in task.features}
        drift_features, timestamps = task.drift_features(rows), rows["observed_at"]
        return cls(
            rows=len(rows),
            start=pd.Timestamp(timestamps.min()).to_pydatetime(),
            end=pd.Timestamp(timestamps.max()).to_pydatetime(),
            columns=summarise(_compared(task, rows, evaluation)),
            kinds=kinds,
            units=tuple(
                UnitCheck(
                    column, group, unit_reference(drift_features[column], drift_features[group])
                )
                for column, group in task.unit_checks
            ),
            repeated=repeated,
            uncertainties=uncertainties,
        )

    def to_json(self) -> str:
        return json.dumps(
            {
                "format": _FORMAT,
                "rows": self.rows,
                "start": self.start.isoformat(),
                "end": self.end.isoformat(),
                "columns": {name: each.to_json() for name, each in self.columns.items()},
                "kinds": {name: kind.value for name, kind in self.kinds.items()},
                "units": [[each.column, each.group, dict(each.reference)] for each in self.units],
                "repeated": self.repeated,
                "repeats": self.repeats.value,
                "doubts": None if self.uncertainties is None else self.uncertainties.to_json(),
            },
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote.

        Raises:
            DataError: it is no reference that this version of IArgus knows.
        """
        try:
            document: dict[str, Any] = json.loads(text)
            if document["format"] != _FORMAT:
                raise DataError(f"its format is {document['format']!r}, and {_FORMAT} is known")
            fitted = document["doubts"]  # the key of stored references
            return cls(
                rows=int(document["rows"]),
                start=datetime.fromisoformat(document["start"]),
                end=datetime.fromisoformat(document["end"]),
                columns={
                    name: FeatureSummary.from_json(each)
                    for name, each in document["columns"].items()
                },
                kinds={name: Kind(kind) for name, kind in document["kinds"].items()},
                units=tuple(UnitCheck(*each) for each in document["units"]),
                repeated=float(document["repeated"]),
                uncertainties=None if fitted is None else UncertaintyModel.from_json(fitted),
                # Earlier versions of IArgus do not say it, and did this.
                repeats=Repeats(document.get("repeats", Repeats.OWN_COUNTED)),
            )
        # A writer of the registry can put anything there: brackets without end
        # (RecursionError), or a number of rows that is infinite (OverflowError).
        except (
            *(ValueError, TypeError, KeyError, AttributeError),
            *(RecursionError, OverflowError),
        ) as error:
            raise DataError(f"it cannot be read ({type(error).__name__})") from error


@dataclass(frozen=True)
class Found:
    """A version's reference, or the reason why there is none."""

    reference: Reference | None
    reason: str | None = None


def find_reference(version: ModelVersion, registry: Registry) -> Found:
    """The reference that is stored with a version. A month can be judged without it, so what is
    wrong with it is reported and raises nothing.

    Raises:
        RegistryUnavailable: the registry is out of reach.
    """
    try:
        text = registry.read_text(version, REFERENCE_FILE)
        if text is None:
            return Found(None, f"version {version.version} was registered without a reference")
        return Found(Reference.from_json(text))
    except (ArtefactRejected, DataError) as error:
        return Found(None, f"the reference of version {version.version}: {error}")


def reference_files(
    task: Task, rows: pd.DataFrame, evaluation: Evaluation, repeated_share: float = 0.0
) -> dict[str, str]:
    """The files to register with a model that was measured on `rows`, from which the share
    `repeated_share` had been left out as repeats of earlier rows."""
    reference = Reference.of(task, rows, evaluation, repeated=repeated_share)
    return {REFERENCE_FILE: reference.to_json()}


def _compared(task: Task, rows: pd.DataFrame, evaluation: Evaluation) -> pd.DataFrame:
    """What is compared of rows. Not the uncertainties: those of a model that was fitted again
    after it was measured are not on the same footing."""
    drift_features = task.drift_features(rows).reset_index(drop=True)
    return drift_features.assign(**{PREDICTION: evaluation.predicted})
