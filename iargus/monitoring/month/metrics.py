"""The further metrics of `evaluate` over rows that came in parts. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iargus.training.evaluate import Evaluation, calibration_bins, calibration_error_of

_NOT_MEANS = frozenset({"median_ape", "macro_f1", "ece"})


@dataclass
class MonthMetrics:
    """Sums of what are means, counts of (truth, prediction), and bins of confidence."""

    _rows: int = 0
    _sums: dict[str, float] = field(default_factory=dict)
    _confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    _bins: NDArray[np.float64] | None = None

    def add(self, rows: pd.DataFrame, evaluation: Evaluation) -> None:
        self._rows += evaluation.rows
        for name, value in evaluation.extra.items():
            if name not in _NOT_MEANS:
                self._sums[name] = self._sums.get(name, 0.0) + value * evaluation.rows
        if evaluation.confidence is None:
            return
        truth = rows["label"].astype(str).tolist()
        self._confusion.update(zip(truth, evaluation.predicted.tolist(), strict=True))
        bins = calibration_bins(evaluation.confidence, evaluation.errors == 0)
        self._bins = bins if self._bins is None else self._bins + bins

    def over(self, errors: NDArray[np.float64]) -> dict[str, float]:
        """All metrics by name; none without rows."""
        if not self._rows:
            return {}
        found = {name: total / self._rows for name, total in self._sums.items()}
        if self._bins is None:
            found["median_ape"] = float(np.median(errors))
        else:
            found["macro_f1"] = _macro_f1(self._confusion)
            found["ece"] = calibration_error_of(self._bins)
        return found


def _macro_f1(confusion: Counter[tuple[str, str]]) -> float:
    """The mean over the classes of 2 TP / (2 TP + FP + FN)."""
    right: Counter[str] = Counter()
    named: Counter[str] = Counter()  # 2 TP + FP + FN
    for (truth, said), count in confusion.items():
        named[truth] += count
        named[said] += count
        if truth == said:
            right[truth] += count
    return float(np.mean([2 * right[name] / count for name, count in named.items()]))
