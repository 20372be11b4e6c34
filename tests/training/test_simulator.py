"""The simulated sales are repeatable, plausible, learnable, and drift exactly where they should."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder
from threadpoolctl import threadpool_limits

from iargus.training.simulator import SCENARIOS, SimulationError, SimulationPlan, simulate
from iargus.training.simulator.catalogue import SEGMENTS, car_catalogue, read_table, states
from iargus.training.simulator.market import Sales, draw_sales
from iargus.training.simulator.scenarios import new_model_share, new_models

COLUMNS = ["state", "make", "model", "year", "mileage", "price", "date_added"]
END = date(2025, 3, 1)

# The whole of a plan of four rows, without mileage and date.
FIRST_ROWS = [
    ["NM", "Nissan", "Rogue", 2019, 15241],
    ["NV", "Chevrolet", "Bolt EV", 2023, 17283],
    ["MD", "Toyota", "Corolla", 2019, 12269],
    ["NC", "Chevrolet", "Silverado 1500", 2018, 15472],
]


def plan_of(scenario: str = "none", **changes: object) -> SimulationPlan:
    settings: dict[str, object] = {
        "rows": 6_000,
        "months": 6,
        "end": END,
        "seed": 11,
        "scenario": scenario,
        "drift_months": 3,
    }
    return SimulationPlan(**(settings | changes))  # type: ignore[arg-type]


def months_of(scenario: str = "none", **changes: object) -> list[pd.DataFrame]:
    return list(simulate(plan_of(scenario, **changes)))


@pytest.fixture(scope="module")
def usual() -> list[pd.DataFrame]:
    return months_of()


def test_same_plan_gives_same_rows(usual: list[pd.DataFrame]) -> None:
    for first, second in zip(usual, months_of(), strict=True):
        pd.testing.assert_frame_equal(first, second)


def test_rows_are_the_ones_they_have_always_been() -> None:
    """Guards the promise across machines: no random number may be drawn in another order."""
    [sales] = months_of(rows=4, months=1, drift_months=1)
    seen = sales[["state", "make", "model", "year", "price"]].to_numpy().tolist()
    assert seen == FIRST_ROWS


def test_another_seed_gives_other_rows(usual: list[pd.DataFrame]) -> None:
    assert not usual[0].equals(months_of(seed=12)[0])


def test_a_month_does_not_depend_on_the_months_around_it() -> None:
    [alone] = months_of(rows=500, months=1, drift_months=1)
    pairs = (months_of(rows=rows, months=2, drift_months=1) for rows in range(940, 1_060))
    after_another = next(newest for _, newest in pairs if len(newest) == len(alone))
    pd.testing.assert_frame_equal(after_another, alone)


@pytest.mark.parametrize(("rows", "months"), [(1, 1), (7, 7), (8, 7), (1_001, 13), (5_000, 36)])
def test_total_is_exactly_the_rows_asked_for(rows: int, months: int) -> None:
    frames = months_of(rows=rows, months=months, drift_months=1)
    assert len(frames) == months
    assert sum(map(len, frames)) == rows
    assert min(map(len, frames)) >= 1


def test_dates_are_sorted_and_fill_their_month(usual: list[pd.DataFrame]) -> None:
    months = pd.period_range("2024-09", "2025-02", freq="M")
    for month, sales in zip(months, usual, strict=True):
        assert sales["date_added"].is_monotonic_increasing
        assert (sales["date_added"].dt.to_period("M") == month).all()
        assert sales["date_added"].dt.day.nunique() == month.days_in_month


def test_columns_and_types(usual: list[pd.DataFrame]) -> None:
    for sales in usual:
        assert list(sales.columns) == COLUMNS
        assert sales.index.equals(pd.RangeIndex(len(sales)))
        assert sales["date_added"].dt.tz is None
        assert sales[["year", "price"]].dtypes.eq("int64").all()
        assert sales[["state", "make", "model"]].dtypes.eq("str").all()
        assert sales["mileage"].dtype == "float64"


def test_values_are_plausible(usual: list[pd.DataFrame]) -> None:
    sales = pd.concat(usual, ignore_index=True)
    assert sales["state"].nunique() >= 48
    assert set(sales["state"]) <= set(states().code)
    assert sales["price"].between(500, 250_000).all()
    assert 12_000 < sales["price"].median() < 22_000
    assert sales["year"].between(2004, 2025).all()
    miles = sales["mileage"].dropna()
    assert miles.between(1, 320_000).all()
    assert (miles % 1 == 0).all()
    assert 0.015 < sales["mileage"].isna().mean() < 0.045
    assert not sales.drop(columns="mileage").isna().any(axis=None)
    assert not sales.duplicated().any()
    assert sales["state"].value_counts().index[0] == "CA"


def test_cars_are_sold_only_in_the_years_in_which_they_were_built(
    usual: list[pd.DataFrame],
) -> None:
    built = read_table("models.csv").fillna({"last_year": 9999})
    sales = pd.concat(usual).merge(built, on=["make", "model"], how="left", validate="m:1")
    assert sales["first_year"].notna().all()
    assert sales["year"].between(sales["first_year"], sales["last_year"]).all()
    assert (sales["year"] <= sales["date_added"].dt.year).all()


def test_price_falls_with_age_and_with_mileage(usual: list[pd.DataFrame]) -> None:
    sales = pd.concat(usual, ignore_index=True)
    civics = sales[(sales["model"] == "Civic")].dropna()
    assert civics["price"].corr(civics["year"], method="spearman") > 0.7
    same_age = sales[sales["year"] == 2015].dropna()
    relative = same_age["price"] / same_age.groupby("model")["price"].transform("median")
    assert relative.corr(same_age["mileage"], method="spearman") < -0.2


def test_catalogue_is_whole() -> None:
    cars = car_catalogue()
    names = list(zip(cars.make, cars.model, strict=True))
    assert len(names) == len(set(names)) >= 140
    assert len(set(cars.make)) >= 25
    assert set(read_table("models.csv")["segment"]) == set(SEGMENTS)
    assert (cars.first_year <= cars.last_year).all()
    assert states().code.size == len(set(states().code)) == 51
    assert states().share.sum() == pytest.approx(1.0)


def irreducible_mape(sales: Sales) -> float:
    """The MAPE of a model that knows the market exactly, but not trim and residual: about 0.129.

    It predicts c · expected price with the best c. |x − c| / x is the absolute error weighted
    by 1 / x, so the best c is the median of x = paid / expected under these weights.
    """
    ratio = np.sort(sales.price_usd / sales.expected_price_usd)
    weight = np.cumsum(1 / ratio)
    best = ratio[np.searchsorted(weight, weight[-1] / 2)]
    return float(np.mean(np.abs(1 - best / ratio)))


def test_irreducible_error_is_as_documented() -> None:
    sales = draw_sales(np.random.default_rng(0), 2025, 6, 50_000)
    assert 0.12 < irreducible_mape(sales) < 0.14


def test_a_simple_model_learns_the_market() -> None:
    *past, newest = months_of(rows=12_000, months=5, drift_months=1)
    learnt = pd.concat(past, ignore_index=True)
    model = make_pipeline(
        make_column_transformer(
            (
                OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1),
                ["state", "make", "model"],
            ),
            ("passthrough", ["year", "mileage"]),
        ),
        HistGradientBoostingRegressor(max_iter=70, learning_rate=0.2, random_state=0),
    )
    with threadpool_limits(1):  # threads that wait for a busy core make this ten times slower
        model.fit(learnt, np.log(learnt["price"]))
        predicted = np.exp(model.predict(newest))
    mape = float(np.mean(np.abs(newest["price"] - predicted) / newest["price"]))
    # Below the irreducible error would mean that the price leaks into a column.
    assert 0.12 < mape < 0.20


# --- drift ---------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", sorted(SCENARIOS))
def test_only_the_drift_months_change(scenario: str, usual: list[pd.DataFrame]) -> None:
    drifted = months_of(scenario)
    for before, after in zip(usual[:3], drifted[:3], strict=True):
        pd.testing.assert_frame_equal(before, after, check_exact=True)
    for before, after in zip(usual[3:], drifted[3:], strict=True):
        assert after.equals(before) == (scenario == "none")
        assert (after.dtypes == before.dtypes).all()
        # When and where cars are sold is no matter of any scenario.
        kept = ["state", "date_added"]
        pd.testing.assert_frame_equal(before[kept], after[kept], check_exact=True)


@pytest.mark.parametrize(
    ("scenario", "column", "factors"),
    [
        ("price-shock", "price", [1.35, 1.35, 1.35]),
        ("gradual-inflation", "price", [1.02, 1.02**2, 1.02**3]),
        ("mileage-in-km", "mileage", [1.609, 1.609, 1.609]),
    ],
)
def test_a_column_is_multiplied(
    scenario: str, column: str, factors: list[float], usual: list[pd.DataFrame]
) -> None:
    drifted = months_of(scenario)
    for before, after, factor in zip(usual[3:], drifted[3:], factors, strict=True):
        difference = after[column] - before[column] * factor
        assert difference.abs().max() <= 0.5 + 1e-6
        assert (after[column].isna() == before[column].isna()).all()
        others = before.columns.drop(column)
        pd.testing.assert_frame_equal(before[others], after[others], check_exact=True)


def test_new_models_are_new_and_their_share_grows(usual: list[pd.DataFrame]) -> None:
    known = set(zip(car_catalogue().make, car_catalogue().model, strict=True))
    new_names = set(new_models()["model"])
    assert not known & set(zip(new_models()["make"], new_models()["model"], strict=True))
    drifted = months_of("new-models")
    shares = []
    for step, (before, after) in enumerate(zip(usual[3:], drifted[3:], strict=True), start=1):
        is_new = after["model"].isin(new_names)
        shares.append(is_new.mean())
        assert shares[-1] == pytest.approx(new_model_share(step), abs=0.05)
        pd.testing.assert_frame_equal(before[~is_new], after[~is_new], check_exact=True)
        seen = set(zip(after["make"], after["model"], strict=True)) - known
        assert {name for _, name in seen} <= new_names
        assert (after.loc[is_new, "year"] > before["year"].max()).mean() > 0.6
        assert (after.loc[is_new, "price"] > 15_000).all()
        assert after.loc[is_new, "mileage"].max() < 60_000
    assert shares == sorted(shares)


def test_new_model_share_leaves_room_for_the_others() -> None:
    assert new_model_share(100) == pytest.approx(0.8)


@pytest.mark.parametrize("scenario", sorted(SCENARIOS))
def test_scenarios_say_what_they_do(scenario: str) -> None:
    assert SCENARIOS[scenario].name == scenario
    assert len(SCENARIOS[scenario].description) > 10


# --- refusals ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rows": 0}, "rows must be at least 1, not 0"),
        ({"months": 0}, "months must be at least 1, not 0"),
        ({"rows": 5}, "5 rows are too few for 6 months"),
        ({"end": date(2025, 3, 2)}, "end must be the first day of a month, not 2025-03-02"),
        ({"months": 600}, "catalogue of cars begins with 2000"),
        ({"seed": -1}, "seed must not be negative, but is -1"),
        ({"scenario": "flood"}, "unknown scenario 'flood'; known are: none, price-shock, "),
        ({"drift_months": 0}, "drift_months must be between 1 and months = 6, not 0"),
        ({"drift_months": 7}, "drift_months must be between 1 and months = 6, not 7"),
    ],
)
def test_refusals_name_what_is_wrong(changes: dict[str, object], said: str) -> None:
    with pytest.raises(SimulationError) as refused:
        plan_of(**changes)  # type: ignore[arg-type]
    assert said in str(refused.value)
    assert isinstance(refused.value, ValueError)


def test_an_unknown_scenario_is_answered_with_all_known_ones() -> None:
    with pytest.raises(SimulationError) as refused:
        plan_of("flood")
    assert all(name in str(refused.value) for name in SCENARIOS)
