"""The price of a car with its interval, from a bundle."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, Self

import numpy as np

from iargus.compiled.bundle import Bundle, FloatArray, Payload
from iargus.compiled.canonical_json import listed, number, whole
from iargus.compiled.errors import Refused
from iargus.compiled.files import Contents
from iargus.compiled.manifest import Manifest
from iargus.compiled.masks import LeafMasks, Masks, read_boosted
from iargus.tasks.car_price.columns import (
    AGE,
    CURVE,
    FURTHER_NUMBERS,
    LEVEL,
    MAKE,
    MILEAGE,
    MODEL,
    SLOPE,
    STATE,
)
from iargus.tasks.car_price.estimator.names import CarNames
from iargus.tasks.car_price.estimator.names_v1 import CarNamesV1
from iargus.tasks.car_price.estimator.price_curve import COEFFICIENTS, PriceCurve

LAYOUT = 3  # of car.json; 2 has no curve; 1 has one margin as well, and other spellings
MODELS = ("point", "low", "high")
TRUSTS = 4
UNKNOWN = ("make", "model", "state")
_CHUNK = 128  # rows whose masks fit into a core's cache
_NAMES = 4096  # distinct names whose masks are kept, 2 KB each with 500 trees
_STATES = 256


class CarPrediction(NamedTuple):
    """US dollars, low <= price <= high, and which names the training had not seen."""

    price: float
    low: float
    high: float
    unknown: tuple[str, ...] = ()


class CarBundle(Bundle):
    """Three boosted models on log dollars over the same columns."""

    def __init__(
        self,
        manifest: Manifest,
        names: CarNames | CarNamesV1,
        masks: LeafMasks,
        spans: Sequence[slice],
        margins: FloatArray,
        reference_year: float,
        curve: PriceCurve | None,
        further: Sequence[str],
    ) -> None:
        """``margins``: (trusts, 2), in log dollars, below and above. Trees of before layout 3 see
        no ``curve``; those of later ones see the ``further`` numbers behind it."""
        super().__init__(manifest)
        self._curve = curve
        # The estimators of layout 1 do not, so that there is nothing to compare.
        self._tells_unknown = isinstance(names, CarNames)
        self.further = tuple(enumerate(further, CURVE + 1))
        self.names, self.masks, self.reference_year = names, masks, reference_year
        self._rows = list(masks.rows)
        self._spans = spans
        self._margins = np.column_stack([np.zeros(len(margins)), -margins[:, 0], margins[:, 1]])
        # Typed, for 1 and 1.0 and True are other names. Who sends new names all the time pays
        # for it with time alone. No method of this object is in it: a model that was swapped out
        # is to go with its last reference, not when the collector of cycles comes by.
        lookup = _Lookup(names, masks, self._rows)
        self._name = lru_cache(_NAMES, typed=True)(lookup.mask_of_name)
        self._state = lru_cache(_STATES, typed=True)(lookup.mask_of_state)

    @classmethod
    def read(cls, manifest: Manifest, contents: Contents) -> Self:
        document = contents.document("car")
        layout = whole(document.get("layout", 1), "layout", 1, LAYOUT)
        names: CarNames | CarNamesV1 = (
            CarNamesV1.read(document) if layout == 1 else CarNames.read(document)
        )
        further = _further(document) if layout == LAYOUT else []
        masks, spans = read_boosted(
            document,
            contents,
            MODELS,
            columns=CURVE + 1 + len(further) if layout == LAYOUT else CURVE,
            categorical=(STATE, MAKE, MODEL),
        )
        margins = [
            listed([found] if layout == 1 else found, "margins")
            for found in (document.get(f"margin_{side}") for side in MODELS[1:])
        ]
        if any(len(side) != (1 if layout == 1 else TRUSTS) for side in margins):
            raise Refused("there is not one margin for each degree of trust")
        table = np.array([[number(each, "a margin") for each in side] for side in margins]).T
        year = number(document.get("reference_year"), "reference_year")
        curve = _curve(document) if layout == LAYOUT else None
        return cls(manifest, names, masks, spans, table, year, curve, further)

    def predict_one(self, payload: Payload) -> CarPrediction:
        """Answer ``make, model, year, mileage``, each perhaps None, and perhaps ``state`` and the
        further numbers."""
        row, rows = self.masks.row, self._rows
        age = self.reference_year - _number(payload["year"])
        name = self._name(payload["make"], payload["model"])
        mileage = _number(payload["mileage"])
        state, of_state = self._state(payload.get("state"))
        masks = name.masks & state & rows[row(AGE, age)] & rows[row(MILEAGE, mileage)]
        if self._curve is not None:
            masks &= rows[row(CURVE, self._curve.value(age, mileage, *name.level))]
        for column, further in self.further:
            masks &= rows[row(column, _number(payload.get(further)))]
        values = self.masks.leaves(masks)
        sums = [np.add.accumulate(values[span])[-1] for span in self._spans]
        price, low, high = np.exp(np.array(sums) + self._margins[name.trust]).tolist()
        return CarPrediction(price, min(low, price), max(high, price), name.unknown + of_state)

    def predict_many(self, payloads: Sequence[Payload]) -> list[CarPrediction]:
        prices = self._prices(payloads).tolist()
        return [
            CarPrediction(row[0], row[1], row[2], self._unknown(payload))
            for row, payload in zip(prices, payloads, strict=True)
        ]

    def numbers(self, payloads: Sequence[Payload]) -> FloatArray:
        """Price, low, high, and the unknown names as `unknown_code`, which layout 1 lacks."""
        found = self._prices(payloads)
        if not self._tells_unknown:
            return found
        codes = [unknown_code(self._unknown(payload)) for payload in payloads]
        return np.column_stack([found, np.array(codes, dtype=np.float64)])

    def numbers_of(self, answer: CarPrediction) -> Sequence[float]:
        return (*answer[:3], unknown_code(answer.unknown)) if self._tells_unknown else answer[:3]

    def _unknown(self, payload: Payload) -> tuple[str, ...]:
        name = self._name(payload["make"], payload["model"])
        return name.unknown + self._state(payload.get("state"))[1]

    def _prices(self, payloads: Sequence[Payload]) -> FloatArray:
        found: FloatArray = np.empty((len(payloads), len(MODELS)))
        for start in range(0, len(payloads), _CHUNK):
            found[start : start + _CHUNK] = self._chunk(payloads[start : start + _CHUNK])
        return found

    def _chunk(self, payloads: Sequence[Payload]) -> FloatArray:
        years, miles = ([_number(p[name]) for p in payloads] for name in ("year", "mileage"))
        names = [self._name(p["make"], p["model"]) for p in payloads]
        masks = np.array([name.masks for name in names])
        masks &= np.array([self._state(p.get("state"))[0] for p in payloads])
        age, mileage = self.reference_year - np.array(years), np.array(miles)
        masks &= self.masks.rows[self.masks.rows_of(AGE, age)]
        masks &= self.masks.rows[self.masks.rows_of(MILEAGE, mileage)]
        if self._curve is not None:
            level, slope = np.array([name.level for name in names]).T
            values = self._curve.values(age, mileage, level, slope)
            masks &= self.masks.rows[self.masks.rows_of(CURVE, values)]
        for column, further in self.further:
            values = np.array([_number(p.get(further)) for p in payloads])
            masks &= self.masks.rows[self.masks.rows_of(column, values)]
        found = self.masks.leaves(masks)
        margins = self._margins[[name.trust for name in names]]
        # Accumulated, for a sum in another order has other last digits.
        sums = [np.add.accumulate(found[:, span], axis=1)[:, -1] for span in self._spans]
        price, low, high = np.exp(np.column_stack(sums) + margins).T
        return np.column_stack([price, np.minimum(low, price), np.maximum(high, price)])


def unknown_code(unknown: Sequence[str]) -> float:
    """Unknown names as a number, so that they are compared like all others."""
    return float(sum(1 << UNKNOWN.index(name) for name in unknown))


def prediction_of(numbers: Sequence[float]) -> CarPrediction:
    """The answer that `CarBundle.numbers` compares as these."""
    price, low, high, *codes = numbers
    code = int(sum(codes))
    unknown = tuple(name for place, name in enumerate(UNKNOWN) if code >> place & 1)
    return CarPrediction(price, low, high, unknown)


class _Name(NamedTuple):
    masks: Masks
    level: tuple[float, float]  # and its slope
    trust: int
    unknown: tuple[str, ...]


class _Lookup(NamedTuple):
    """From names to masks."""

    names: CarNames | CarNamesV1
    masks: LeafMasks
    rows: list[Masks]

    def mask_of_name(self, make: Any, model: Any) -> _Name:
        read = self.names.car(make, model)
        columns = zip((MAKE, MODEL, LEVEL, SLOPE), read.columns, strict=True)
        found: Masks = np.bitwise_and.reduce(
            [self.rows[self.masks.row(column, value)] for column, value in columns]
        )
        found.flags.writeable = False
        return _Name(found, read.columns[2:], read.trust, read.unknown)

    def mask_of_state(self, state: Any) -> tuple[Masks, tuple[str, ...]]:
        found: Masks = self.rows[self.masks.row(STATE, self.names.state(state))]
        return found, () if self.names.knows_state(state) else ("state",)


def _curve(document: Mapping[str, Any]) -> PriceCurve:
    given = listed(document.get("curve"), "curve")
    if len(given) != COEFFICIENTS:
        raise Refused("the curve has not the coefficients of all its segments")
    return PriceCurve([number(each, "a coefficient of the curve") for each in given])


def _further(document: Mapping[str, Any]) -> list[str]:
    # Those that this version was fitted with; the release may know more by now.
    names = listed(document.get("further", []), "further")
    if len(set(names)) != len(names) or not set(names) <= set(FURTHER_NUMBERS):
        raise Refused("the trees look at a number that this release does not know")
    return names


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)
