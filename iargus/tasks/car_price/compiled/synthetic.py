"""Rows of cars on and around every edge of a loaded bundle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from iargus.compiled.synthetic_strings import mutated
from iargus.tasks.car_price.canonical import STATE_CODES
from iargus.tasks.car_price.columns import AGE, MILEAGE
from iargus.tasks.car_price.compiled.bundle import CarBundle

_NAMES = 4000  # pairs of make and model among all rows
_MILES = (0.0, -0.0, 5e-324, 1e-300, 1.0, 3e6, 1.7976931348623157e308, -1.0, float("inf"))
_YEARS = (1900, 2200, 0, -1, 9999, 2**31, 2**53)
_FURTHER = (0.0, -1.0, 1e300, float("inf"), float("nan"), float("nan"))
_MISSING = 0.05
_ODD_CARS = ((None, "x"), ("ford", None), (None, None), ("", ""), ("a" * 64, "b" * 500))


class SyntheticCars:
    """An endless, seeded source of rows."""

    def __init__(self, bundle: CarBundle, seed: int) -> None:
        self._rng = rng = np.random.default_rng(seed)
        names = bundle.names
        makes = mutated(rng, list(names.make_ranks), _NAMES)
        models = mutated(rng, list(names.model_ranks), _NAMES)
        # Keys of models hold their make; half of the models are sent without it, as people do.
        for i in np.flatnonzero(rng.random(_NAMES) < 0.5).tolist():
            make, _, model = models[i].partition(" ")
            makes[i], models[i] = make, model
        self._cars: list[tuple[Any, Any]] = list(zip(makes, models, strict=True))
        self._cars += _ODD_CARS * (_NAMES // 100)  # a share that small samples meet too
        known = [*STATE_CODES, *STATE_CODES.values(), *names.state_codes]
        self._states: list[Any] = [*mutated(rng, known, 300), None, ""]
        miles = _around(bundle.masks.thresholds(MILEAGE))
        self._miles = np.concatenate([miles, _MILES, np.geomspace(1, 3e6, 500)])
        ages = _around(bundle.masks.thresholds(AGE))
        edges = bundle.reference_year - ages
        self._years = np.concatenate([np.arange(1900, 2201), edges, _YEARS]).astype(float)
        self._further = {
            name: np.concatenate([_around(bundle.masks.thresholds(column)), _FURTHER])
            for column, name in bundle.further
        }

    def rows(self, count: int) -> list[dict[str, Any]]:
        """The next ``count`` rows."""
        rng = self._rng
        cars = rng.integers(len(self._cars), size=count).tolist()
        states = rng.integers(len(self._states), size=count).tolist()
        # Half of the numbers are ordinary ones, half lie on an edge.
        plain = rng.random((2, count)) < 0.5
        years = np.where(plain[0], rng.integers(1980, 2030, count), rng.choice(self._years, count))
        miles = np.where(plain[1], rng.uniform(0, 3e5, count), rng.choice(self._miles, count))
        years[rng.random(count) < _MISSING] = np.nan
        miles[rng.random(count) < _MISSING] = np.nan
        rows = [
            {
                "state": self._states[state],
                "make": self._cars[car][0],
                "model": self._cars[car][1],
                "year": year,
                "mileage": mile,
            }
            for state, car, year, mile in zip(
                states, cars, years.tolist(), miles.tolist(), strict=True
            )
        ]
        for name, values in self._further.items():
            for row, value in zip(rows, rng.choice(values, count).tolist(), strict=True):
                row[name] = value
        return rows


def _around(thresholds: Sequence[float]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return each threshold with its neighbours among the floats."""
    at = np.array(thresholds, dtype=np.float64)
    return np.concatenate([at, np.nextafter(at, -np.inf), np.nextafter(at, np.inf)])
