"""Years of advertisements of which a quarter are posted again, where nothing has changed.

What a run does with them is done here: the history is parted by `split`, its newest part becomes
the `Reference`, and each month goes through `Month`. The dearer a car, the likelier it is posted
again, so that first postings and repeats are not alike; and the model remembers what it has
learned, so that it prices a repeat without error. Whatever is raised in such a year is false.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingRegressor

from iargus.monitoring.month.month import Month
from iargus.monitoring.month.reference import Found, Reference
from iargus.monitoring.stats.performance.evidence import Evidence, accumulate
from iargus.monitoring.stats.performance.verdict import State, confirm, judge_performance
from iargus.settings import Policy
from iargus.storage.labelled.repeats import LABEL, EarlierRows
from iargus.storage.labelled.row_bits import bits_of_rows
from iargus.tasks.base import Task
from iargus.tasks.catalogue import Catalogue
from iargus.training.evaluate import Evaluation
from iargus.training.split import split

Random = np.random.Generator
Cars = Callable[[Random, int], pd.DataFrame]
"""Different cars: features, `age_years`, `label`, and `lags`, the months until each is posted
again, as a list that is mostly empty."""

BEFORE_MONTHS, HISTORY_MONTHS, YEAR_MONTHS = 6, 6, 12
START = pd.Timestamp("2024-01-01")
MONTH = pd.Timedelta(days=30.4375)
MINIMUM_ROWS = 100
BELOW = 0.95  # the error is that share of the limit, as in the other years without a change


def simulated(random: Random, rows: int) -> pd.DataFrame:
    """Cars of 300 models; a third of the rows that first postings make come again."""
    shares = 1 / np.arange(1, 301)
    model = random.choice(300, rows, p=shares / shares.sum())
    age = np.minimum(random.geometric(0.12, rows), 30) - 1
    mileage = np.round((age + 1) * random.lognormal(9.2, 0.5, rows))
    worth = 10.6 - 0.11 * age - mileage / 4e5 + 0.4 * np.sin(model)
    price = np.round(np.exp(worth + random.normal(0, 0.25, rows)))
    chance = np.clip(0.33 * (price / price.mean()), 0, 0.9)
    lags = [random.exponential(1.0, random.binomial(2, each / 2)).tolist() for each in chance]
    return pd.DataFrame(
        {
            "state": None,
            "make": [f"make {each % 12}" for each in model],
            "model": [f"model {each}" for each in model],
            "age_years": age + random.random(rows),
            "mileage": mileage,
            "label": price,
            "lags": lags,
        }
    )


def advertised(path: Path) -> Cars:
    """Real cars out of vehicles_us.csv, with the lags at which they were posted again."""
    pool = _pool(path)

    def cars(random: Random, rows: int) -> pd.DataFrame:
        return pool.iloc[random.permutation(len(pool))[:rows]].reset_index(drop=True)

    return cars


@cache
def _pool(path: Path) -> pd.DataFrame:
    found = pd.read_csv(path, parse_dates=["date_posted"])
    found = found[found["model_year"].notna() & found["price"].between(500, 500_000)]
    content = ["price", "model_year", "model", "odometer"]
    groups = found.sort_values("date_posted").groupby(content, dropna=False, sort=False)
    posted = groups["date_posted"].agg(list)
    cars = posted.index.to_frame(index=False)
    first = pd.to_datetime([each[0] for each in posted])
    return pd.DataFrame(
        {
            "state": None,
            "make": cars["model"].str.split().str[0],
            "model": cars["model"].str.split(n=1).str[-1],
            "age_years": first.year + first.day_of_year / 365.25 - cars["model_year"],
            "mileage": cars["odometer"],
            "label": cars["price"].astype(float),
            "lags": [[(day - each[0]) / MONTH for day in each[1:]] for each in posted],
        }
    )


def postings(cars: pd.DataFrame, random: Random) -> pd.DataFrame:
    """Every posting of the cars in order of time; the first ones come evenly, from half a year
    before the history on, so that its first month has repeats like every other."""
    first = random.uniform(-BEFORE_MONTHS, HISTORY_MONTHS + YEAR_MONTHS, len(cars))
    # As many years old when first posted as it is given, whatever the day is.
    year = np.round(START.year + first / 12 - cars["age_years"].to_numpy(float)).astype(int)
    times = [first[:, None].tolist(), cars["lags"].tolist()]
    moments = [
        (place, start + lag)
        for place, ([start], lags) in enumerate(zip(*times, strict=True))
        for lag in (0.0, *lags)
    ]
    place, month = (np.array(each) for each in zip(*moments, strict=True))
    rows = cars.assign(year=year).drop(columns=["age_years", "lags"]).iloc[place.astype(int)]
    rows = rows.assign(month=np.floor(month), observed_at=START + month * MONTH)
    within = rows["month"].between(0, HISTORY_MONTHS + YEAR_MONTHS - 1)
    return rows[within].sort_values("observed_at", kind="stable").reset_index(drop=True)


class _Model:
    """Boosted trees that know by heart what they have learned: the price of the same car."""

    def __init__(self, rows: pd.DataFrame) -> None:
        logs = pd.Series(np.log(rows[LABEL].to_numpy(float)))
        self._mean = float(logs.mean())
        self._levels = logs.groupby(_names(rows)).mean()
        self._trees = HistGradientBoostingRegressor(
            max_iter=60, early_stopping=False, random_state=1
        ).fit(self._numbers(rows), logs)
        self._known = logs.groupby(_contents(rows)).mean()

    def evaluate(self, rows: pd.DataFrame) -> Evaluation:
        truth = rows[LABEL].to_numpy(float)
        known = _contents(rows).map(self._known).to_numpy()
        logs = np.where(np.isnan(known), self._trees.predict(self._numbers(rows)), known)
        predicted = np.exp(logs)
        errors = np.abs(truth - predicted) / truth
        return Evaluation("mape", float(errors.mean()), len(rows), errors, {}, predicted)

    def _numbers(self, rows: pd.DataFrame) -> NDArray[np.float64]:
        level = _names(rows).map(self._levels).fillna(self._mean)
        observed = rows["observed_at"].dt
        age = observed.year + observed.day_of_year / 365.25 - rows["year"]
        return np.column_stack([level, age, rows["mileage"].astype(float)])


def _names(rows: pd.DataFrame) -> pd.Series:
    return (rows["make"] + " " + rows["model"]).reset_index(drop=True)


def _contents(rows: pd.DataFrame) -> pd.Series:
    return pd.Series(bits_of_rows(rows, ("make", "model", "year", "mileage")))


def anything_in_a_year(cars: Cars, rows: int, *, alike: bool = True) -> Callable[[Random], bool]:
    """Whether anything is raised in a year of about `rows` postings a month.

    Args:
        alike: False leaves repeats out of the reference and counts them in the months: the fault
            that the rule of `labelled.repeats` mends.
    """
    task = Catalogue.read(Policy()).get("car_price")

    def trial(random: Random) -> bool:
        wanted = round(rows * 0.75 * (BEFORE_MONTHS + HISTORY_MONTHS + YEAR_MONTHS))
        found = postings(cars(random, wanted), random)
        history = found[found["month"] < HISTORY_MONTHS].reset_index(drop=True)
        parts = split(task, history)
        measured = _Model(parts.train).evaluate(parts.test)
        reference = Reference.of(task, parts.test, measured, repeated=parts.repeated_share)
        champion = _Model(history)
        earlier = EarlierRows((*task.features, LABEL))
        earlier.remember(history)
        months = []
        for _, part in found[found["month"] >= HISTORY_MONTHS].groupby("month"):
            if not alike:
                earlier = EarlierRows(("observed_at",))
            months.append(_month(task, reference, earlier, champion, part))
        return _raised(months)

    return trial


def _month(
    task: Task, reference: Reference, earlier: EarlierRows, champion: _Model, rows: pd.DataFrame
) -> Month:
    month = Month(task, Found(reference), earlier)
    counted = rows[month.see(rows)].reset_index(drop=True)
    month.score(counted, champion.evaluate(counted))
    return month


def _raised(months: list[Month]) -> bool:
    """A drift, a serious fault of the rows, or a breach of a limit that the error keeps."""
    limit = float(np.concatenate([month.errors for month in months]).mean()) / BELOW
    evidence = Evidence()
    for month in months:
        observed = month.observed()
        evidence = accumulate(evidence, month.errors, limit)
        verdict = judge_performance(month.errors, limit, minimum_rows=MINIMUM_ROWS)
        if confirm(verdict, evidence).state is State.BREACH or observed.serious:
            return True
        if observed.drift is not None and observed.drift.drifted:
            return True
    return False
