"""Does a bundle say what its estimator says? Asked with rows made to find where it does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from sklearn.pipeline import Pipeline

from iargus.compiled.bundle import Bundle, FloatArray
from iargus.compiled.canary import RELATIVE, relative_difference
from iargus.compiled.errors import NotCompilable
from iargus.serving.compilation.reference import reference
from iargus.tasks.car_price.compiled.bundle import CarBundle
from iargus.tasks.car_price.compiled.synthetic import SyntheticCars
from iargus.tasks.text_intent.compiled import TextBundle
from iargus.tasks.text_intent.synthetic import SyntheticTexts

_AT_ONCE = 5_000
_MOST_MILES = 3e6


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
    fuzz = synthetic_rows_of(bundle, seed)
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


@dataclass(frozen=True)
class Monotony:
    """The result over `cars` synthetic cars.

    Attributes:
        violations: cars that cost more after more miles, or for being of an older model year, in
            their price or at an end of the interval.
        first: the first of them in words.
    """

    cars: int
    violations: int
    first: str


def check_monotone(
    bundle: CarBundle,
    *,
    cars: int,
    seed: int = 0,
    progress: Callable[[int], None] = lambda _: None,
) -> Monotony:
    """Ask for the price of each of ``cars`` fuzzed cars, then with more miles, then of an older
    year: neither the price nor an end of its interval may rise."""
    fuzz, rng = synthetic_rows_of(bundle, seed), np.random.default_rng(seed)
    violations, first = 0, ""
    for start in range(0, cars, _AT_ONCE):
        rows = fuzz.rows(min(_AT_ONCE, cars - start))
        # Of a car without year or mileage nothing could rise or fall.
        for row in rows:
            if row["year"] != row["year"]:
                row["year"] = float(rng.integers(1980, 2030))
            if not 0 <= row["mileage"] <= _MOST_MILES:
                row["mileage"] = float(rng.uniform(0, 3e5))
        more = np.round(10 ** rng.uniform(0, 5.5, len(rows))).tolist()
        older = rng.integers(1, 20, len(rows)).tolist()
        price = bundle.numbers(rows)[:, :3]
        for what, others in (
            (
                "miles",
                [r | {"mileage": r["mileage"] + by} for r, by in zip(rows, more, strict=True)],
            ),
            ("years", [r | {"year": r["year"] - by} for r, by in zip(rows, older, strict=True)]),
        ):
            found = bundle.numbers(others)[:, :3]
            # Sums of equal leaves may differ in their last digits.
            rising = (found > price * (1 + RELATIVE)).any(axis=1)
            violations += int(rising.sum())
            if rising.any() and not first:
                at = int(rising.argmax())
                first = (
                    f"{dict(rows[at])} costs {price[at, 0]:,.2f}, and with more {what} "
                    f"{found[at, 0]:,.2f}: {dict(others[at])}"
                )
        progress(len(rows))
    return Monotony(cars, violations, first)


def synthetic_rows_of(bundle: Bundle, seed: int) -> Fuzz:
    """Return the source of rows for the kind of ``bundle``.

    Raises:
        NotCompilable: there is none.
    """
    if isinstance(bundle, CarBundle):
        return SyntheticCars(bundle, seed)
    if isinstance(bundle, TextBundle):
        return SyntheticTexts(bundle, seed)
    raise NotCompilable(f"there are no fuzzed rows for the kind {bundle.kind!r}")


def _one_by_one(bundle: Bundle, payloads: list[dict[str, Any]]) -> FloatArray:
    return np.array([bundle.numbers_of(bundle.predict_one(payload)) for payload in payloads])
