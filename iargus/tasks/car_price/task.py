"""The price of a used car in the United States."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from iargus.errors import LabelInvalid
from iargus.tasks.base import Input, Payload, Problem, Storage, Task
from iargus.tasks.car_price.canonical import canonical_make, canonical_model, canonical_state
from iargus.tasks.car_price.columns import (
    FEATURES,
    FURTHER_NUMBERS,
    PLACEHOLDER_BELOW,
    is_placeholder,
)
from iargus.tasks.car_price.compiled.bundle import CarBundle, CarPrediction, prediction_of
from iargus.tasks.car_price.compiled.form import CarForm
from iargus.tasks.car_price.schemas import (
    EXAMPLE,
    FIRST_MODEL_YEAR,
    Car,
    Options,
    Price,
    latest_year,
)
from iargus.tasks.fields import AmountRefused, as_text, read_amount, years_as_text

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.pipeline import Pipeline

KM_PER_MILE = 1.609344
YEARS_OF_A_SEGMENT = 5

# Names only: a worker reads them with the tasks, and imports no scikit-learn.
_TRUSTED_TYPES = (
    "iargus.tasks.car_price.estimator.monotone_price.MonotonePriceRegressor",
    "iargus.tasks.car_price.estimator.name_encoder.NameEncoder",
    "iargus.tasks.car_price.estimator.pricing_features.PricingFeatures",
    "iargus.tasks.car_price.estimator.smooth_pinball.SmoothPinball",
    # Of versions that an earlier release registered.
    "iargus.tasks.car_price.estimator.layout_1.CarEncoder",
    "iargus.tasks.car_price.estimator.layout_1.CarFeatures",
    "iargus.tasks.car_price.estimator.layout_1.ConformalPriceRegressor",
    # Inside scikit-learn's boosted trees: the nodes, and the check of the input before the codes.
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.utils.validation.check_array",
    "functools.partial",
)


class CarPrice(Task):
    problem = Problem.REGRESSION
    storage = Storage.CAR_DETAILS
    input_model = Car
    output_model = Price
    batch_key = "cars"
    features = FEATURES
    trusted_types = _TRUSTED_TYPES
    compiled_form: ClassVar[CarForm] = CarForm()
    options_model = Options
    options: Options
    unit_checks = (("mileage", "age_years"),)
    placeholder_rule = f"below {PLACEHOLDER_BELOW:.0f} miles on a car that was not new"

    def build_estimator(self) -> Pipeline:
        # Only who trains needs scikit-learn.
        from iargus.tasks.car_price.estimator.pipeline import build_car_price_pipeline

        return build_car_price_pipeline(
            coverage=self.options.coverage, random_state=self.policy.seed
        )

    def example(self) -> Payload:
        return dict(EXAMPLE)

    def describe_input(self, schema: dict[str, Any], *, today: date) -> None:
        number, text = schema["properties"]["year"]["anyOf"]
        number["maximum"] = latest_year(today)
        text["pattern"] = as_text(years_as_text(FIRST_MODEL_YEAR, latest_year(today)))

    def training_frame(self, rows: pd.DataFrame) -> pd.DataFrame:
        # The age of a car at its sale, and where the training window ends.
        return rows[[*self.features, "observed_at"]]

    def drift_features(self, rows: pd.DataFrame) -> pd.DataFrame:
        # Every month there are newer cars, and nothing has changed: their age tells what has.
        return rows[list(self.features)].drop(columns="year").assign(age_years=_ages(rows))

    def segments(self, rows: pd.DataFrame) -> dict[str, pd.Series]:
        year = rows["year"].floordiv(YEARS_OF_A_SEGMENT).mul(YEARS_OF_A_SEGMENT)
        years = year.astype(str) + "-" + (year + YEARS_OF_A_SEGMENT - 1).astype(str)
        return {"make": rows["make"], "state": rows["state"], "year": years}

    def uncertainty(self, answer: Payload) -> float | None:
        interval, price = answer.get("interval"), answer.get("predicted_price")
        if not isinstance(interval, Mapping) or not isinstance(price, int | float) or price <= 0:
            return None
        low, high = _number(interval.get("low")), _number(interval.get("high"))
        return None if low is None or high is None else abs(high - low) / price

    def placeholder(self, payload: Mapping[str, Any], day: date) -> str | None:
        mileage = payload["mileage"]
        if mileage is not None and is_placeholder(mileage, payload["year"], day.year):
            return "mileage"
        return None

    def check_label(self, value: object) -> float:
        if isinstance(value, str):
            try:
                value = read_amount(value)
            except AmountRefused as error:
                raise LabelInvalid(f"a price is a number of US dollars; {error}") from None
        price = _number(value)
        if price is None or not math.isfinite(price):
            raise LabelInvalid(
                "a price is a number of US dollars", reason="a price that is no number"
            )
        if price <= 0:
            raise LabelInvalid(
                f"a price is above zero, not {price:g}", reason="a price that is not above zero"
            )
        low, high = self.options.minimum_price_usd, self.options.maximum_price_usd
        if not low <= price <= high:
            raise LabelInvalid(
                f"a price of {price:.10g} USD is not between {low:g} and {high:g}",
                reason=f"a price outside {low:,.10g} to {high:,.10g} USD",
            )
        return price

    def payload(self, value: Input) -> Payload:
        # Every field but the unit is a feature, in the same order.
        payload = dict(value.__dict__)
        if payload.pop("mileage_unit") == "km":
            payload["mileage"] /= KM_PER_MILE
        payload["state"] = payload["state"] or None
        return payload

    def identity(self, payload: Payload) -> tuple[Any, ...]:
        names = _one_spelling(payload["state"], payload["make"], payload["model"])
        # Rows from before there was a further number are known by the same key as then.
        given = [(name, payload.get(name)) for name in FURTHER_NUMBERS]
        further = (pair for pair in given if pair[1] is not None)
        return (*names, payload["year"], payload["mileage"], *further)

    def predict(self, estimator: Pipeline, inputs: Sequence[Input]) -> list[Payload]:
        payloads = [self.payload(value) for value in inputs]
        numbers = self.compiled_form.reference(estimator, payloads)
        return [self._answer_of(prediction_of(row)) for row in numbers.tolist()]

    def predict_compiled(self, bundle: CarBundle, inputs: Sequence[Input]) -> list[Payload]:
        payloads = [self.payload(value) for value in inputs]
        if len(payloads) == 1:
            return [self._answer_of(bundle.predict_one(payloads[0]))]
        return [self._answer_of(priced) for priced in bundle.predict_many(payloads)]

    def unknown_fields(self, answer: Payload) -> Sequence[str]:
        found: Sequence[str] = answer.get("unknown", ())
        return found

    def _answer_of(self, priced: CarPrediction) -> Payload:
        return {
            "predicted_price": round(priced.price, 2),
            "currency": "USD",
            "interval": {
                "low": round(priced.low, 2),
                "high": round(priced.high, 2),
                "coverage": self.options.coverage,
            },
            "unknown": list(priced.unknown),
        }


@lru_cache(maxsize=50_000)
def _one_spelling(state: str | None, make: str, model: str) -> tuple[str, str, str]:
    known = canonical_make(make)
    names = (canonical_state(state), known, canonical_model(known, model))
    state_code, make_name, model_name = (
        "".join(letter for letter in name if letter.isalnum()) for name in names
    )
    return state_code, make_name, model_name


def _ages(rows: pd.DataFrame) -> NDArray[np.float64]:
    """The age of each car since the middle of its model year, in whole years.

    Ages of the calendar would rise by one for all cars at once on New Year's Day, and finer ones
    would be another set of numbers each month. So a car of 3.2 years counts as four years old with
    a chance of a fifth and as three otherwise: by a hash of the row, so always alike.
    """
    # Serving a bundle never comes here, and shall not pay for pandas.
    import pandas as pd

    observed = rows["observed_at"].dt
    timestamp = observed.year + (observed.day_of_year - 1) / 365.25
    given = [name for name in ("mileage", "label") if name in rows]
    bits = pd.util.hash_pandas_object(rows[given], index=False).to_numpy(np.float64)
    ages: NDArray[np.float64] = np.floor(
        (timestamp - rows["year"] - 0.5).to_numpy(np.float64) + bits / 2**64
    )
    return ages


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return None
