"""Names that many rows share are worked on once, and nothing changes by that."""

from __future__ import annotations

import numpy as np
import pandas as pd

from iargus.tasks.car_price.estimator.grouping import distinct
from iargus.tasks.car_price.estimator.monotone_price import MonotonePriceRegressor
from iargus.tasks.car_price.estimator.name_encoder import NameEncoder


def test_gives_each_value_once_and_where_it_stands() -> None:
    found, at = distinct(["b", "a", "b", None, "a", None])

    assert found == ["b", "a", None]
    assert at.tolist() == [0, 1, 0, 2, 1, 2]


def test_equal_values_of_different_types_stay_apart() -> None:
    values = [1, True, 1.0, "1", ("a", 1), ("a", True)]

    found, at = distinct(values)

    assert [repr(value) for value in found] == [repr(value) for value in values]
    assert at.tolist() == list(range(6))


def test_nothing_has_no_values() -> None:
    found, at = distinct([])

    assert (found, at.tolist(), at.dtype) == ([], [], np.dtype(np.intp))


def test_a_row_is_encoded_among_others_as_it_is_alone() -> None:
    odd = ["Ford", "FORD ", None, np.nan, pd.NA, 500, 500.0, 1, True, "Citroën", "new"]
    cars = pd.DataFrame(
        {
            "state": [*odd[::-1], *odd],
            "make": [*odd, *odd],
            "model": [*odd[3:], *odd, *odd[:3]],
            "year": 2015,
            "mileage": np.arange(22.0),
        }
    )
    encoder = NameEncoder(min_rows=1).fit(cars, np.arange(1_000, 1_022))

    alone = [encoder.transform(cars.iloc[[row]]) for row in range(len(cars))]
    assert encoder.transform(cars).tobytes() == np.concatenate(alone).tobytes()


def test_price_and_interval_together_are_those_of_each() -> None:
    random = np.random.default_rng(0)
    # Age, mileage and what names give, then how much of the name is known.
    known = random.integers(0, 4, 300)
    features = np.column_stack([random.normal(size=(300, 7)), known])
    model = MonotonePriceRegressor(max_iter=5, interval_iter=5).fit(
        features, np.exp(9 + features[:, 0] + random.normal(0, 0.1, 300))
    )

    price, low, high = model.predict_with_interval(features)

    assert price.tobytes() == model.predict(features).tobytes()
    bounds = model.predict_with_interval(features)[1:]
    assert (low.tobytes(), high.tobytes()) == tuple(bound.tobytes() for bound in bounds)
