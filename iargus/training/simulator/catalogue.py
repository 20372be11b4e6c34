"""Facts about the market: models and their segments, makes, states.

Prices are what a typical new car costs in dollars of `REFERENCE_YEAR`; older model years were
cheaper by `NEW_PRICE_INFLATION` a year. Popularities are relative weights without a unit.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

REFERENCE_YEAR = 2025
NEW_PRICE_INFLATION = 0.025
STILL_SOLD = 9999


@dataclass(frozen=True)
class Segment:
    """How cars of one kind age; losses are shares of the value per year."""

    first_year_loss: float
    later_yearly_loss: float
    miles_per_year: float
    trim_spread: float  # standard deviation in log dollars of what trim and options are worth


SEGMENTS = {
    "small_car": Segment(0.17, 0.105, 12_200, 0.070),
    "family_car": Segment(0.19, 0.110, 12_500, 0.070),
    "luxury_car": Segment(0.20, 0.125, 10_800, 0.095),
    "sports": Segment(0.15, 0.095, 7_500, 0.100),
    "small_suv": Segment(0.17, 0.105, 12_300, 0.070),
    "suv": Segment(0.17, 0.105, 12_800, 0.080),
    "luxury_suv": Segment(0.19, 0.120, 11_800, 0.090),
    "minivan": Segment(0.19, 0.115, 13_500, 0.075),
    "truck": Segment(0.13, 0.085, 13_200, 0.105),
    "ev": Segment(0.26, 0.155, 10_500, 0.080),
}

# Multiplies both losses of the segment; a make that is not named has 1.
LOSS_FACTOR_BY_MAKE = {
    "Toyota": 0.75,
    "Lexus": 0.80,
    "Porsche": 0.75,
    "Honda": 0.82,
    "Subaru": 0.85,
    "Tesla": 0.85,
    "Acura": 0.92,
    "Mazda": 0.93,
    "Ford": 1.00,
    "BMW": 1.08,
    "Mercedes-Benz": 1.08,
    "Audi": 1.08,
    "Nissan": 1.08,
    "Chrysler": 1.08,
    "Land Rover": 1.15,
    "INFINITI": 1.12,
    "Cadillac": 1.10,
    "Lincoln": 1.10,
}

# Model-specific: people pay more for these than their segment would suggest.
LOSS_FACTOR_BY_MODEL = {("Jeep", "Wrangler"): 0.70, ("Chevrolet", "Corvette"): 0.85}


@dataclass(frozen=True)
class Catalogue:
    """The models as columns, all of length n_models: the market works on whole arrays."""

    make: NDArray[np.object_]
    model: NDArray[np.object_]
    new_price_usd: Floats
    popularity: Floats
    first_year: Integers
    last_year: Integers
    first_year_loss: Floats
    later_yearly_loss: Floats
    miles_per_year: Floats
    trim_spread: Floats


@dataclass(frozen=True)
class States:
    """Fifty states and the District of Columbia as columns of length 51."""

    code: NDArray[np.object_]
    share: Floats  # of the sales; sums to 1
    log_price_effect: Floats


def read_table(name: str) -> pd.DataFrame:
    """A table of this package; names stay text even where they look like numbers (Ram 1500)."""
    path = resources.files(__package__) / name
    with path.open(encoding="utf-8") as file:
        return pd.read_csv(file, dtype={"make": object, "model": object, "state": object})


def _of_segments(table: pd.DataFrame, value: Callable[[Segment], float]) -> Floats:
    return np.array([value(SEGMENTS[name]) for name in table["segment"]])


def _as(table: pd.DataFrame, column: str, dtype: Any) -> NDArray[Any]:
    return table[column].to_numpy(dtype=dtype)


@cache
def car_catalogue() -> Catalogue:
    """Every model of `models.csv`, with the curve of its segment, make and name applied."""
    table = read_table("models.csv")
    table["last_year"] = table["last_year"].fillna(STILL_SOLD)
    names = list(zip(table["make"], table["model"], strict=True))
    loss = np.array(
        [LOSS_FACTOR_BY_MODEL.get(name, LOSS_FACTOR_BY_MAKE.get(name[0], 1.0)) for name in names]
    )
    return Catalogue(
        make=_as(table, "make", object),
        model=_as(table, "model", object),
        new_price_usd=_as(table, "new_price_usd", float),
        popularity=_as(table, "popularity", float),
        first_year=_as(table, "first_year", np.int64),
        last_year=_as(table, "last_year", np.int64),
        first_year_loss=loss * _of_segments(table, lambda segment: segment.first_year_loss),
        later_yearly_loss=loss * _of_segments(table, lambda segment: segment.later_yearly_loss),
        miles_per_year=_of_segments(table, lambda segment: segment.miles_per_year),
        trim_spread=_of_segments(table, lambda segment: segment.trim_spread),
    )


@cache
def states() -> States:
    """Every state of `states.csv`."""
    table = read_table("states.csv")
    population = _as(table, "population_millions", float)
    effect_percent = _as(table, "price_effect_percent", float)
    return States(
        code=_as(table, "state", object),
        share=population / population.sum(),
        log_price_effect=np.log1p(effect_percent / 100),
    )
