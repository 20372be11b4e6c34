"""The price of a car with its interval, from a bundle."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from iargus.bundles.bundle import Bundle, FloatArray, Payload
from iargus.bundles.car_models import (
    AGE,
    LEVEL,
    MAKE,
    MILEAGE,
    MODEL,
    MODELS,
    SLOPE,
    STATE,
    read_models,
)
from iargus.bundles.car_names import CarNames
from iargus.bundles.checks import number
from iargus.bundles.contents import Contents
from iargus.bundles.manifest import Manifest
from iargus.bundles.masks import LeafMasks, Masks

KIND = "car_price"
_CHUNK = 128  # rows whose masks fit into a core's cache
_NAMES = 4096  # distinct names whose masks are kept, 2 KB each with 500 trees
_STATES = 256


class PricedCar(NamedTuple):
    """US dollars, low <= price <= high."""

    price: float
    low: float
    high: float


class CarBundle(Bundle):
    """Three boosted models on log dollars over the same seven columns."""

    kind = KIND

    def __init__(
        self,
        manifest: Manifest,
        names: CarNames,
        masks: LeafMasks,
        spans: Sequence[slice],
        margins: tuple[float, float],
        reference_year: float,
    ) -> None:
        super().__init__(manifest)
        self.names, self.masks, self.reference_year = names, masks, reference_year
        self._rows = list(masks.rows)
        self._spans = spans
        self._margins: FloatArray = np.array([0.0, -margins[0], margins[1]])
        # Typed, for 1 and 1.0 and True are other names. Who sends new names all the time pays
        # for it with time alone. No method of this object is in it: a model that was swapped out
        # is to go with its last reference, not when the collector of cycles comes by.
        lookup = _Lookup(names, masks, self._rows)
        self._name = lru_cache(_NAMES, typed=True)(lookup.mask_of_name)
        self._state = lru_cache(_STATES, typed=True)(lookup.mask_of_state)

    @classmethod
    def read(cls, manifest: Manifest, contents: Contents) -> CarBundle:
        document = contents.document("car")
        names = CarNames.read(document)
        masks, spans = read_models(document, contents)
        low, high = (number(document.get(f"margin_{side}"), "a margin") for side in MODELS[1:])
        year = number(document.get("reference_year"), "reference_year")
        return cls(manifest, names, masks, spans, (low, high), year)

    def predict_one(self, payload: Payload) -> PricedCar:
        """Answer ``make, model, year, mileage``, each perhaps None, and perhaps ``state``."""
        row, rows = self.masks.row, self._rows
        age = self.reference_year - _number(payload["year"])
        masks = (
            self._name(payload["make"], payload["model"])
            & self._state(payload.get("state"))
            & rows[row(AGE, age)]
            & rows[row(MILEAGE, _number(payload["mileage"]))]
        )
        values = self.masks.leaves(masks)
        sums = [np.add.accumulate(values[span])[-1] for span in self._spans]
        price, low, high = np.exp(np.array(sums) + self._margins).tolist()
        return PricedCar(price, min(low, price), max(high, price))

    def predict_many(self, payloads: Sequence[Payload]) -> list[PricedCar]:
        return [PricedCar(*numbers) for numbers in self.numbers(payloads).tolist()]

    def numbers(self, payloads: Sequence[Payload]) -> FloatArray:
        found: FloatArray = np.empty((len(payloads), len(MODELS)))
        for start in range(0, len(payloads), _CHUNK):
            found[start : start + _CHUNK] = self._chunk(payloads[start : start + _CHUNK])
        return found

    @staticmethod
    def numbers_of(answer: PricedCar) -> Sequence[float]:
        return answer

    def _chunk(self, payloads: Sequence[Payload]) -> FloatArray:
        years, miles = ([_number(p[name]) for p in payloads] for name in ("year", "mileage"))
        masks = np.array([self._name(p["make"], p["model"]) for p in payloads])
        masks &= np.array([self._state(p.get("state")) for p in payloads])
        masks &= self.masks.rows[self.masks.rows_of(AGE, self.reference_year - np.array(years))]
        masks &= self.masks.rows[self.masks.rows_of(MILEAGE, np.array(miles))]
        values = self.masks.leaves(masks)
        # Accumulated, for a sum in another order has other last digits.
        sums = [np.add.accumulate(values[:, span], axis=1)[:, -1] for span in self._spans]
        price, low, high = np.exp(np.column_stack(sums) + self._margins).T
        return np.column_stack([price, np.minimum(low, price), np.maximum(high, price)])


class _Lookup(NamedTuple):
    """From names to masks."""

    names: CarNames
    masks: LeafMasks
    rows: list[Masks]

    def mask_of_name(self, make: Any, model: Any) -> Masks:
        columns = zip((MAKE, MODEL, LEVEL, SLOPE), self.names.car(make, model), strict=True)
        found: Masks = np.bitwise_and.reduce(
            [self.rows[self.masks.row(column, value)] for column, value in columns]
        )
        found.flags.writeable = False
        return found

    def mask_of_state(self, state: Any) -> Masks:
        found: Masks = self.rows[self.masks.row(STATE, self.names.state(state))]
        return found


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)
