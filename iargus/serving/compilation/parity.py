"""Does a bundle say what its estimator says? Asked with rows made to find where it does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from iargus.compiled.bundle import RELATIVE, Bundle, relative_difference
from iargus.compiled.form import CompiledForm

_AT_ONCE = 5_000


@dataclass(frozen=True)
class Mismatch:
    """A row, what the estimator answered, and what the bundle answered."""

    payload: Mapping[str, Any]
    expected: tuple[float, ...]
    found: tuple[float, ...]


@dataclass(frozen=True)
class Parity:
    """The result over `rows` rows.

    Attributes:
        mismatches: rows with another label, or a number that differs by more than 1e-9 relatively.
        worst: the largest relative difference of all numbers; 0 when all are the same bits.
        first: the first row of `mismatches`.
    """

    rows: int
    mismatches: int
    worst: float
    first: Mismatch | None

    @property
    def equal(self) -> bool:
        return self.mismatches == 0


def check_parity(
    form: CompiledForm[Any],
    estimator: Pipeline,
    bundle: Bundle,
    *,
    rows: int,
    seed: int = 0,
    progress: Callable[[int], None] = lambda _: None,
) -> Parity:
    """Compare both on ``rows`` synthetic rows, one by one and at once.

    ``progress`` is given the number of rows of each part. The same seed gives the same rows.
    """
    synthetic = form.synthetic_rows(bundle, seed)
    mismatches, worst, first = 0, 0.0, None
    for start in range(0, rows, _AT_ONCE):
        payloads = synthetic.rows(min(_AT_ONCE, rows - start))
        expected = form.reference(estimator, payloads)
        wrong = np.zeros(len(payloads), dtype=np.bool_)
        one_by_one = np.array([bundle.numbers_of(bundle.predict_one(row)) for row in payloads])
        for found in (one_by_one, bundle.numbers(payloads)):
            apart = relative_difference(found, expected).max(axis=1)
            worst = max(worst, float(apart.max()))
            now = apart > RELATIVE
            if form.largest_decides:
                now |= found.argmax(axis=1) != expected.argmax(axis=1)
            if now.any() and first is None:
                at = int(now.argmax())
                answers = tuple(expected[at].tolist()), tuple(found[at].tolist())
                first = Mismatch(payloads[at], *answers)
            wrong |= now
        mismatches += int(wrong.sum())
        progress(len(payloads))
    return Parity(rows, mismatches, worst, first)
