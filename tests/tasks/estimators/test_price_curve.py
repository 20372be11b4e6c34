"""The curve that the trees of prices see."""

import numpy as np
import pytest

from iargus.tasks.car_price.estimator.price_curve import COEFFICIENTS, PriceCurve, fit_curve

ODD = [np.nan, np.inf, -np.inf, -3.0, 0.0, 5e-324, 8.0, 9.0, 25.0, 40.0, 1e5, 4e5, 1e308]


@pytest.fixture
def curve() -> PriceCurve:
    # Some of its segments rise by themselves.
    return PriceCurve(np.random.default_rng(0).normal(-0.05, 0.1, COEFFICIENTS).tolist())


def cars(n: int) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(1)
    age = np.where(rng.random(n) < 0.3, rng.choice(ODD, n), rng.uniform(-2, 60, n))
    miles = np.where(rng.random(n) < 0.3, rng.choice(ODD, n), rng.uniform(0, 5e5, n))
    return age, miles, rng.normal(0, 1, n), rng.normal(0, 2, n)


def test_one_car_and_many_have_the_same_bits(curve: PriceCurve) -> None:
    table = cars(3_000)
    alone = [curve.value(*row) for row in np.column_stack(table).tolist()]
    np.testing.assert_array_equal(curve.values(*table), alone)


def test_it_never_rises_with_age_or_mileage(curve: PriceCurve) -> None:
    _, _, level, slope = cars(200)
    for name in zip(level, slope, strict=True):
        by_age = [curve.value(age, 5e4, *name) for age in np.linspace(-5, 60, 300)]
        by_miles = [curve.value(7.0, miles, *name) for miles in np.geomspace(1, 1e6, 300)]
        assert (np.diff(by_age) <= 0).all()
        assert (np.diff(by_miles) <= 0).all()


def test_it_finds_what_age_and_mileage_take_away() -> None:
    rng = np.random.default_rng(2)
    age, miles = rng.uniform(0, 15, 3_000), rng.uniform(0, 2e5, 3_000)
    level, slope = rng.normal(0, 0.5, 3_000), rng.normal(0, 0.2, 3_000)
    z = 10 + level + slope * (age - 9) / 6 - 0.1 * age - miles / 2e5 + rng.normal(0, 0.1, 3_000)
    z[::50] += 4  # typing errors
    fitted = PriceCurve(fit_curve(age, miles, level, slope, z).tolist())
    found = fitted.values(age, miles, level, slope)
    assert np.std((z - found)[1::50]) < 0.2


def test_values_that_nobody_knows_are_enough() -> None:
    nothing = np.full(50, np.nan)
    coefficients = fit_curve(nothing, nothing, np.zeros(50), np.zeros(50), np.ones(50))
    fitted = PriceCurve(coefficients.tolist())
    assert np.isfinite(fitted.value(5.0, 1e5, 0.0, 0.0))
