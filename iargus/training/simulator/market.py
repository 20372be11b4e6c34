"""The market of one month: which cars are sold, how far they have been driven, for how much.

Everything works on whole arrays: n is the number of sales, and arrays without a comment have
shape (n,). Prices are in dollars, distances in miles, ages in years.
"""

from dataclasses import dataclass

import numpy as np

from iargus.training.simulator.catalogue import (
    NEW_PRICE_INFLATION,
    REFERENCE_YEAR,
    Floats,
    Integers,
    car_catalogue,
    states,
)

OLDEST_AGE_YEARS = 20
VALUE_FLOOR = 0.06  # share of the new price that any running car still fetches
LOG_PRICE_PER_10K_MILES = -0.040
LARGEST_MILEAGE = 300_000
MISSING_MILEAGE_SHARE = 0.03
LOWEST_PRICE_USD = 500
RESIDUAL_SPREAD = 0.138  # standard deviation in log dollars: condition, colour, haggling

# What the month does to every price, January first: spring tax refunds lift, December presses.
SEASON_PERCENT = np.array([-1.0, 0.5, 1.5, 1.5, 1.0, 0.5, 0.5, 0.0, -0.5, -1.0, -1.5, -1.5])

# Used cars are sold when leases end (three to four years) and then ever less often.
AGE_WEIGHTS = np.array(
    [3, 7, 10, 14, 12, 10, 9, 8, 7, 6, 5.5, 5, 4.2, 3.5, 2.8, 2.2, 1.7, 1.3, 1.0, 0.7, 0.5]
)


@dataclass(frozen=True)
class Sales:
    """Sales before they become rows; `model` and `state` are positions in the catalogue."""

    model: Integers
    state: Integers
    year: Integers
    mileage: Floats  # true miles, none missing
    expected_price_usd: Floats  # what a perfect model would know
    price_usd: Floats  # what was paid: expected, times trim and residual


def draw_sales(rng: np.random.Generator, year: int, month: int, n: int) -> Sales:
    """The n sales of one calendar month."""
    cars = car_catalogue()
    ages = np.arange(OLDEST_AGE_YEARS + 1)
    model_years = year - ages
    was_built = (model_years >= cars.first_year[:, None]) & (model_years <= cars.last_year[:, None])
    weights = cars.popularity[:, None] * AGE_WEIGHTS * was_built  # (n_models, n_ages)
    car = rng.choice(weights.size, size=n, p=(weights / weights.sum()).ravel())
    model, age = np.divmod(car, ages.size)
    state = rng.choice(states().code.size, size=n, p=states().share)
    model_year = year - age

    age_years = age_in_years(model_year, year, month)
    usual_miles = cars.miles_per_year[model] * age_years
    # Young cars differ more from each other (demonstrators, rentals) than old ones do.
    shape = 3.0 + 0.25 * age_years
    mileage = np.rint(rng.gamma(shape, usual_miles / shape)) + 5
    mileage = np.minimum(mileage, LARGEST_MILEAGE + rng.integers(0, 20_000, size=n))

    expected = expected_price_usd(model, state, model_year, mileage, year, month)
    trim = _trim_steps(rng, n) * cars.trim_spread[model]
    residual = rng.normal(0.0, RESIDUAL_SPREAD, size=n)
    paid = np.maximum(expected * np.exp(trim + residual), LOWEST_PRICE_USD)
    return Sales(model, state, model_year, mileage, expected, paid)


def age_in_years(model_year: Integers, year: int, month: int) -> Floats:
    """Age in the middle of the month; a model year reaches the road around April of its year."""
    age: Floats = (year - model_year).astype(np.float64) + (month - 0.5) / 12 - 0.25
    return np.maximum(age, 0.2)


def expected_price_usd(
    model: Integers, state: Integers, model_year: Integers, mileage: Floats, year: int, month: int
) -> Floats:
    """The median price of such a car in such a month: everything but trim and residual."""
    cars = car_catalogue()
    age_years = age_in_years(model_year, year, month)
    price_when_new = cars.new_price_usd[model] * (1 + NEW_PRICE_INFLATION) ** (
        model_year - REFERENCE_YEAR
    )
    kept = (1 - cars.first_year_loss[model]) ** np.minimum(age_years, 1.0)
    kept = kept * (1 - cars.later_yearly_loss[model]) ** np.maximum(age_years - 1.0, 0.0)
    value = VALUE_FLOOR + (1 - VALUE_FLOOR) * kept
    extra_miles = mileage - cars.miles_per_year[model] * age_years
    log_effects = (
        LOG_PRICE_PER_10K_MILES * np.clip(extra_miles / 10_000, -8, 12)
        + states().log_price_effect[state]
        + np.log1p(SEASON_PERCENT[month - 1] / 100)
    )
    expected: Floats = price_when_new * value * np.exp(log_effects)
    return expected


def _trim_steps(rng: np.random.Generator, n: int) -> Floats:
    """Base, middle, upper or top trim, as steps with mean 0 and standard deviation about 1."""
    steps = np.array([-1.25, -0.15, 0.85, 2.0])
    drawn: Floats = steps[rng.choice(steps.size, size=n, p=[0.30, 0.35, 0.25, 0.10])]
    return drawn
