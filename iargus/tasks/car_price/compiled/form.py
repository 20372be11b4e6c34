"""How car price pipelines become bundles, and what those are held against."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from iargus.compiled.bundle import RELATIVE, FloatArray, Payload
from iargus.compiled.errors import Refused
from iargus.compiled.form import CompiledForm
from iargus.tasks.car_price.columns import FEATURES, FURTHER_NUMBERS
from iargus.tasks.car_price.compiled.bundle import CarBundle, unknown_code
from iargus.tasks.car_price.compiled.synthetic import SyntheticCars

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

_MOST_MILES = 3e6
_AT_ONCE = 5_000
_CANARIES: tuple[tuple[Any, ...], ...] = (
    ("TX", "Toyota", "Camry", 2019, 42_000.0),
    (None, "ford", "f-150 xlt", 2014, 70_000.0),
    ("california", "Chevy", "Chevrolet Silverado 1500", 2011, 123_456.7),
    ("zz", "Citroën", "C4 🚗", 1900, 0.0),
    ("", "unheard of", "unheard of", 2200, 3_000_000.0),
    ("ny", "bmw", "x5", None, None),
)


def _canary(place: int, values: tuple[Any, ...]) -> Payload:
    # Further numbers are missing in every other one.
    further = [None if place % 2 else float(place) for _ in FURTHER_NUMBERS]
    return dict(zip(FEATURES, (*values, *further), strict=True))


class CarForm(CompiledForm[CarBundle]):
    """A car price pipeline, of today or of an earlier release."""

    kind = "car_price"
    bundle_type = CarBundle
    canaries = tuple(_canary(place, values) for place, values in enumerate(_CANARIES))

    def compile(self, estimator: Pipeline) -> dict[str, bytes]:
        from iargus.tasks.car_price.compiled.compilers import compile_car

        return compile_car(estimator)

    def reference(self, estimator: Pipeline, payloads: Sequence[Payload]) -> FloatArray:
        import pandas as pd

        from iargus.tasks.car_price.estimator.layout_1 import CarEncoder

        table = pd.DataFrame(list(payloads), columns=list(FEATURES))
        prices = np.column_stack(
            estimator[-1].predict_with_interval(estimator[:-1].transform(table))
        )
        encoder = estimator.named_steps["features"].encoder_
        if type(encoder) is CarEncoder:
            return prices
        codes = [unknown_code(names) for names in encoder.unknown(table)]
        return np.column_stack([prices, np.array(codes, dtype=np.float64)])

    def synthetic_rows(self, bundle: CarBundle, seed: int) -> SyntheticCars:
        return SyntheticCars(bundle, seed)

    def check(self, bundle: CarBundle, *, rows: int) -> None:
        """Check that no price, nor an end of its interval, rises with mileage or age: of synthetic
        cars, then with more miles, then of an older model year."""
        violations, first = 0, ""
        synthetic, rng = SyntheticCars(bundle, 0), np.random.default_rng(0)
        for start in range(0, rows, _AT_ONCE):
            cars = synthetic.rows(min(_AT_ONCE, rows - start))
            # Of a car without year or mileage nothing could rise or fall.
            for car in cars:
                if car["year"] != car["year"]:
                    car["year"] = float(rng.integers(1980, 2030))
                if not 0 <= car["mileage"] <= _MOST_MILES:
                    car["mileage"] = float(rng.uniform(0, 3e5))
            more = np.round(10 ** rng.uniform(0, 5.5, len(cars))).tolist()
            older = rng.integers(1, 20, len(cars)).tolist()
            price = bundle.numbers(cars)[:, :3]
            for what, column, changes in (("miles", "mileage", more), ("years", "year", older)):
                sign = 1 if column == "mileage" else -1
                others = [
                    car | {column: car[column] + sign * by}
                    for car, by in zip(cars, changes, strict=True)
                ]
                found = bundle.numbers(others)[:, :3]
                # Sums of equal leaves may differ in their last digits.
                rising = (found > price * (1 + RELATIVE)).any(axis=1)
                violations += int(rising.sum())
                if rising.any() and not first:
                    at = int(rising.argmax())
                    first = (
                        f"{cars[at]} costs {price[at, 0]:,.2f}, and with more {what} "
                        f"{found[at, 0]:,.2f}: {others[at]}"
                    )
        if violations:
            raise Refused(
                f"the price is not monotone for {violations} of {rows} synthetic cars: "
                f"{first[:500]}"
            )
