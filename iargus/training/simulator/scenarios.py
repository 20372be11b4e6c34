"""What may go wrong in the newest months, by name.

A scenario receives the month as it would have been and returns what arrives instead. It draws
from a generator of its own, so that no other month, and no other column, moves with it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from iargus.training.simulator.catalogue import read_table

PRICE_SHOCK = 1.35
KM_PER_MILE = 1.609
MONTHLY_INFLATION = 0.02
FIRST_NEW_MODEL_SHARE = 0.30
NEW_MODEL_SHARE_GROWTH = 0.10  # a month
LARGEST_NEW_MODEL_SHARE = 0.80
NEW_MODEL_MARKUP = 1.10  # waiting lists: these are sold used for more than they cost new
NEW_MODEL_SPREAD = 0.12  # standard deviation in log dollars

# (month as it would have been, 1 for the first drift month and so on, generator) → what arrives
Change = Callable[[pd.DataFrame, int, np.random.Generator], pd.DataFrame]


@dataclass(frozen=True)
class Scenario:
    """A drift with a name; `change` never touches the frame that it receives."""

    name: str
    description: str
    change: Change


def _multiply(column: str, factor: Callable[[int], float]) -> Change:
    """A change of one column by a factor that may depend on the month."""

    def change(sales: pd.DataFrame, step: int, _rng: np.random.Generator) -> pd.DataFrame:
        whole = np.rint(sales[column].to_numpy() * factor(step))
        return sales.assign(**{column: whole.astype(sales[column].to_numpy().dtype)})

    return change


def new_model_share(step: int) -> float:
    """The share of the sales that are new models, in drift month `step` (1, 2, …)."""
    growing = FIRST_NEW_MODEL_SHARE + NEW_MODEL_SHARE_GROWTH * (step - 1)
    return min(growing, LARGEST_NEW_MODEL_SHARE)


@cache
def new_models() -> pd.DataFrame:
    """Models that the ordinary catalogue does not know, nearly all of them electric."""
    return read_table("new_models.csv")


def _bring_new_models(sales: pd.DataFrame, step: int, rng: np.random.Generator) -> pd.DataFrame:
    n = len(sales)
    new = new_models()
    popularity = new["popularity"].to_numpy(dtype=float)
    is_new = rng.random(n) < new_model_share(step)
    car = rng.choice(len(new), size=n, p=popularity / popularity.sum())
    # Next year's models, a year that no other month has seen, and a few of this year's.
    year = sales["date_added"].dt.year.to_numpy() + (rng.random(n) < 0.8)
    miles = np.rint(rng.gamma(2.0, 2_500, size=n)) + 5
    price_when_new = new["new_price_usd"].to_numpy(dtype=float)[car]
    price = price_when_new * NEW_MODEL_MARKUP * np.exp(rng.normal(0, NEW_MODEL_SPREAD, size=n))
    missing = sales["mileage"].isna().to_numpy()
    return sales.assign(
        make=sales["make"].mask(is_new, new["make"].to_numpy()[car]),
        model=sales["model"].mask(is_new, new["model"].to_numpy()[car]),
        year=np.where(is_new, year, sales["year"]).astype(np.int64),
        mileage=np.where(is_new & ~missing, miles, sales["mileage"]),
        price=np.where(is_new, np.rint(price), sales["price"]).astype(np.int64),
    )


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("none", "nothing changes", lambda sales, _step, _rng: sales),
        Scenario(
            "price-shock", "every price is 35 % higher", _multiply("price", lambda _: PRICE_SHOCK)
        ),
        Scenario(
            "new-models",
            "a growing share of the sales are models and model years never seen before, "
            "mostly electric and sold above their new price",
            _bring_new_models,
        ),
        Scenario(
            "mileage-in-km",
            "mileages arrive in kilometres, by mistake",
            _multiply("mileage", lambda _: KM_PER_MILE),
        ),
        Scenario(
            "gradual-inflation",
            "prices rise by 2 % a month, compounding",
            _multiply("price", lambda step: (1 + MONTHLY_INFLATION) ** step),
        ),
    )
}
