"""Months of used-car sales in the United States, the same for the same plan."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from iargus.training.simulator.catalogue import Integers, car_catalogue, states
from iargus.training.simulator.market import MISSING_MILEAGE_SHARE, draw_sales
from iargus.training.simulator.scenarios import SCENARIOS

FIRST_YEAR = 2000  # the catalogue has too few models to simulate anything earlier

# Relative number of sales, January first.
SALES_BY_MONTH = np.array([88, 92, 112, 106, 106, 104, 104, 106, 98, 98, 92, 94], dtype=float)

# Which generator of a month: sales and the scenario must not share their random numbers.
_SALES, _DRIFT = 0, 1


class SimulationError(ValueError):
    """The plan asks for something that cannot be simulated; the message says what and why."""


@dataclass(frozen=True)
class SimulationPlan:
    """What to simulate: `rows` sales over `months` calendar months, up to `end` (exclusive).

    `end` is the first day after the last month. The scenario acts in the newest
    `drift_months` months. A plan that cannot be simulated is a `SimulationError`.
    """

    rows: int
    months: int
    end: date
    seed: int
    scenario: str = "none"
    drift_months: int = 1

    def __post_init__(self) -> None:
        if self.rows < 1:
            raise SimulationError(f"rows must be at least 1, not {self.rows}")
        if self.months < 1:
            raise SimulationError(f"months must be at least 1, not {self.months}")
        if self.rows < self.months:
            raise SimulationError(
                f"{self.rows} rows are too few for {self.months} months: each month needs one"
            )
        if self.end.day != 1:
            raise SimulationError(f"end must be the first day of a month, not {self.end}")
        if self.first_month.year < FIRST_YEAR:
            raise SimulationError(
                f"{self.months} months before {self.end} begin in {self.first_month.year}, "
                f"and the catalogue of cars begins with {FIRST_YEAR}"
            )
        if self.seed < 0:
            raise SimulationError(f"seed must not be negative, but is {self.seed}")
        if self.scenario not in SCENARIOS:
            known = ", ".join(SCENARIOS)
            raise SimulationError(f"unknown scenario {self.scenario!r}; known are: {known}")
        if not 1 <= self.drift_months <= self.months:
            raise SimulationError(
                f"drift_months must be between 1 and months = {self.months}, "
                f"not {self.drift_months}"
            )

    @property
    def first_month(self) -> pd.Period:
        return self.last_month - (self.months - 1)

    @property
    def last_month(self) -> pd.Period:
        return pd.Period(year=self.end.year, month=self.end.month, freq="M") - 1


def simulate(plan: SimulationPlan) -> Iterator[pd.DataFrame]:
    """One frame per month, in order of time; together they have exactly `plan.rows` rows.

    Columns: state, make, model (text), year (model year), mileage (miles, NaN where nobody
    wrote it down), price (whole dollars), date_added (UTC without a zone, ascending).
    """
    scenario = SCENARIOS[plan.scenario]
    months = pd.period_range(plan.first_month, plan.last_month, freq="M")
    first_drift_month = plan.months - plan.drift_months
    for position, (month, n) in enumerate(zip(months, _rows_by_month(plan), strict=True)):
        sales = _simulate_month(month, int(n), plan.seed)
        if position >= first_drift_month:
            step = position - first_drift_month + 1
            sales = scenario.change(sales, step, _generator(plan.seed, month, _DRIFT))
        yield sales


def _rows_by_month(plan: SimulationPlan) -> Integers:
    """One row for each month, and the others as the seasons go; shape (months,)."""
    first = plan.first_month.month - 1
    weights = SALES_BY_MONTH[(first + np.arange(plan.months)) % 12]
    edges = np.rint(np.cumsum(weights) / weights.sum() * (plan.rows - plan.months))
    rows: Integers = 1 + np.diff(edges, prepend=0.0).astype(np.int64)
    return rows


def _simulate_month(month: pd.Period, n: int, seed: int) -> pd.DataFrame:
    rng = _generator(seed, month, _SALES)
    drawn = draw_sales(rng, month.year, month.month, n)
    cars = car_catalogue()
    seconds = np.sort(rng.integers(0, month.days_in_month * 86_400, size=n))
    is_missing = rng.random(n) < MISSING_MILEAGE_SHARE
    start = np.datetime64(f"{month.year}-{month.month:02d}-01", "us")
    return pd.DataFrame(
        {
            "state": pd.Series(states().code[drawn.state], dtype="str"),
            "make": pd.Series(cars.make[drawn.model], dtype="str"),
            "model": pd.Series(cars.model[drawn.model], dtype="str"),
            "year": drawn.year,
            "mileage": np.where(is_missing, np.nan, drawn.mileage),
            "price": np.rint(drawn.price_usd).astype(np.int64),
            "date_added": start + seconds.astype("timedelta64[s]"),
        }
    )


def _generator(seed: int, month: pd.Period, purpose: int) -> np.random.Generator:
    """A generator for this month alone, so that no month depends on the rows of another."""
    entropy = [seed, month.year, month.month, purpose]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(entropy)))
