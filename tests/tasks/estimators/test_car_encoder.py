"""The categorical encoder on its own, as the repository ships it."""

import pickle

import numpy as np
import pandas as pd
import pytest

from iargus.tasks.car_price.estimator.grouping import group_folds
from iargus.tasks.car_price.estimator.name_encoder import NameEncoder
from iargus.tasks.car_price.estimator.names_v1 import (
    canonical_make,
    canonical_model,
    canonical_state,
)
from iargus.tasks.car_price.estimator.pricing_features import depreciation_clock


def cars() -> tuple[pd.DataFrame, np.ndarray]:
    frame = pd.DataFrame(
        {
            "state": ["tx", "ca"] * 60,
            "make": ["Chevrolet", "Kia", "Volkswagen"] * 40,
            "model": ["Silverado 1500", "Soul", "Jetta"] * 40,
            "year": np.arange(120) % 10 + 2008,
            "mileage": np.arange(120) * 1_000.0,
        }
    )
    return frame, np.array([30_000.0, 9_000.0, 12_000.0] * 40)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Chevy", "chevrolet"),
        ("VW", "volkswagen"),
        ("Mercedes Benz", "mercedes-benz"),
        ("MERCEDES-BENZ", "mercedes-benz"),
        (" Citroën ", "citroen"),
        (None, ""),
        (float("nan"), ""),
        (pd.NA, ""),
    ],
)
def test_makes_have_one_spelling(written: object, meant: str) -> None:
    assert canonical_make(written) == meant


def test_models_lose_a_repeated_make_and_numbers_are_names() -> None:
    assert canonical_model("ford", "Ford  F-150") == "f-150"
    assert canonical_model("chrysler", 300.0) == "300"
    assert canonical_model("fiat", 500) == "500"


def test_states_are_two_letters() -> None:
    assert canonical_state(" New  York") == canonical_state("N.Y.") == "ny"


def test_the_fitted_encoder_survives_pickle_and_knows_synonyms() -> None:
    frame, price = cars()
    encoder = pickle.loads(pickle.dumps(NameEncoder().fit(frame, price)))
    chevy = frame.head(3).assign(
        make=["chevy", "KIA", "vw"], model=["silverado1500", "SOUL", "jetta "]
    )
    np.testing.assert_array_equal(
        encoder.transform(chevy)[:, :3], encoder.transform(frame.head(3))[:, :3]
    )
    assert not np.isnan(encoder.transform(chevy)).any()


def test_levels_rank_the_models_and_unknown_codes_are_nan() -> None:
    frame, price = cars()
    encoder = NameEncoder().fit(frame, price)
    level = encoder.transform(frame.head(3))[:, 3]
    assert level[0] > level[2] > level[1]
    unknown = encoder.transform(frame.head(1).assign(make="lada", model="niva", state="zz"))[0]
    assert np.isnan(unknown[:3]).all()
    assert np.isfinite(unknown[3:]).all()


def test_training_rows_do_not_see_their_own_price() -> None:
    frame, _ = cars()
    frame["model"] = [f"unique{i}" for i in range(120)]
    noise = np.exp(np.random.default_rng(0).normal(9, 1, 120))
    level = NameEncoder().fit_transform(frame, noise)[:, 3]
    assert abs(np.corrcoef(level, np.log(noise))[0, 1]) < 0.4


def test_equal_rows_share_a_fold() -> None:
    frame = pd.DataFrame({"a": [1.0, np.nan, 2.0] * 50, "b": np.arange(150) // 3 % 10})
    for inside, outside in group_folds(frame, 3):
        seen = set(map(str, frame.iloc[inside].itertuples(index=False)))
        assert seen.isdisjoint(map(str, frame.iloc[outside].itertuples(index=False)))


@pytest.mark.parametrize("speed", [0.0, 1.0])
def test_the_clock_tells_prices_that_stood_still_from_prices_that_fell(speed: float) -> None:
    rng = np.random.default_rng(3)
    age, ago = rng.integers(1, 12, 4_000).astype(float), rng.uniform(0, 3, 4_000)
    log_price = 10 - 0.12 * (age - speed * ago) + rng.normal(size=4_000) * 0.2
    clock = depreciation_clock(log_price, age, np.full(4_000, 5e4), ago, group=np.zeros(4_000))
    assert abs(clock - speed) < 0.1
