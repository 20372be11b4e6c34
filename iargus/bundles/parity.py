"""Does a bundle say what its estimator says? Asked with rows made to find where it does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from sklearn.pipeline import Pipeline

from iargus.bundles.bundle import Bundle, FloatArray
from iargus.bundles.canary import RELATIVE, relative_difference
from iargus.bundles.car import CarBundle
from iargus.bundles.errors import NotCompilable
from iargus.bundles.fuzz_cars import CarFuzz
from iargus.bundles.fuzz_texts import TextFuzz
from iargus.bundles.reference import reference
from iargus.bundles.text import TextBundle

_AT_ONCE = 5_000


class Fuzz(Protocol):
    def rows(self, count: int) -> list[dict[str, Any]]: ...


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
    kind: str,
    estimator: Pipeline,
    bundle: Bundle,
    *,
    rows: int,
    seed: int = 0,
    progress: Callable[[int], None] = lambda _: None,
) -> Parity:
    """Compare both on ``rows`` fuzzed rows, one by one and at once.

    ``progress`` is given the number of rows of each part. The same seed gives the same rows.

    Raises:
        NotCompilable: the kind has no bundles.
    """
    fuzz = fuzz_of(bundle, seed)
    mismatches, worst, first = 0, 0.0, None
    for start in range(0, rows, _AT_ONCE):
        payloads = fuzz.rows(min(_AT_ONCE, rows - start))
        expected = reference(kind, estimator, payloads)
        wrong = np.zeros(len(payloads), dtype=np.bool_)
        for found in (_one_by_one(bundle, payloads), bundle.numbers(payloads)):
            apart = relative_difference(found, expected).max(axis=1)
            worst = max(worst, float(apart.max()))
            now = apart > RELATIVE
            if kind == TextBundle.kind:
                now |= found.argmax(axis=1) != expected.argmax(axis=1)
            if now.any() and first is None:
                at = int(now.argmax())
                answers = tuple(expected[at].tolist()), tuple(found[at].tolist())
                first = Mismatch(payloads[at], *answers)
            wrong |= now
        mismatches += int(wrong.sum())
        progress(len(payloads))
    return Parity(rows, mismatches, worst, first)


def fuzz_of(bundle: Bundle, seed: int) -> Fuzz:
    """Return the source of rows for the kind of ``bundle``.

    Raises:
        NotCompilable: there is none.
    """
    if isinstance(bundle, CarBundle):
        return CarFuzz(bundle, seed)
    if isinstance(bundle, TextBundle):
        return TextFuzz(bundle, seed)
    raise NotCompilable(f"there are no fuzzed rows for the kind {bundle.kind!r}")


def _one_by_one(bundle: Bundle, payloads: list[dict[str, Any]]) -> FloatArray:
    return np.array([bundle.numbers_of(bundle.predict_one(payload)) for payload in payloads])
