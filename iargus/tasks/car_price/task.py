"""The price of a used car in the United States."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from iargus.compiled.bundle import Bundle
from iargus.errors import LabelInvalid
from iargus.tasks.base import Input, Output, Payload, Problem, Storage, Task
from iargus.tasks.car_price.canonical import canonical_make, canonical_model, canonical_state
from iargus.tasks.car_price.compiled import bundle as car
from iargus.tasks.car_price.estimator.odometer import PLACEHOLDER_BELOW, is_placeholder
from iargus.tasks.fields import (
    AlsoAsText,
    Amount,
    AmountRefused,
    Text,
    amounts_as_text,
    as_text,
    read_amount,
    years_as_text,
)
from iargus.tasks.trusted_types import CAR_PRICE_TRUSTED_TYPES

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.pipeline import Pipeline

KM_PER_MILE = 1.609344
FIRST_MODEL_YEAR, LAST_MODEL_YEAR = 1900, 2200
YEARS_OF_A_SEGMENT = 5
MAX_MILEAGE_MILLIONS = 3


class Car(Input):
    """A used car. `state` may be left out; `mileage` is in miles unless the unit says km."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "state": "TX",
                    "make": "Toyota",
                    "model": "Camry",
                    "year": 2019,
                    "mileage": 42000,
                }
            ]
        }
    )

    state: Annotated[str, Text(64, may_be_blank=True)] | None = Field(
        None, description="State of the sale, as its two letters"
    )
    make: Annotated[str, Text(64)] = Field(description="Make, such as Toyota")
    model: Annotated[str, Text(128)] = Field(description="Model, such as Camry")
    year: Annotated[
        int,
        Field(ge=FIRST_MODEL_YEAR, le=LAST_MODEL_YEAR),
        AlsoAsText(years_as_text(FIRST_MODEL_YEAR, LAST_MODEL_YEAR)),
    ] = Field(description="Model year")
    mileage: Annotated[
        float,
        Field(ge=0, le=MAX_MILEAGE_MILLIONS * 1_000_000, allow_inf_nan=False),
        AlsoAsText(amounts_as_text(MAX_MILEAGE_MILLIONS), Amount("mileage_unit")),
    ] = Field(description="Distance driven, not negative")
    mileage_unit: Literal["mi", "km"] = Field("mi", description="Unit of the mileage")

    @field_validator("year", mode="after")
    @classmethod
    def _year_has_come(cls, year: int, info: ValidationInfo) -> int:
        today = (info.context or {}).get("today")
        if today is not None and year > _latest_year(today):
            raise PydanticCustomError(
                "year_in_future",
                "the model year should be at most {latest}",
                {"latest": _latest_year(today)},
            )
        return year


def _latest_year(today: date) -> int:
    # Next year's models are sold from summer on.
    return today.year + 1


class Interval(BaseModel):
    """Where the price lies with a probability of `coverage`, in US dollars."""

    low: float
    high: float
    coverage: float


class Price(Output):
    """A price in US dollars and its interval."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "predicted_price": 21874.5,
                    "currency": "USD",
                    "interval": {"low": 18903.12, "high": 25208.77, "coverage": 0.9},
                    "unknown": [],
                    "model_version": "1",
                    "prediction_id": "019a8f0e-6a3a-7c3e-9a51-3b1f0f0f7f11",
                }
            ]
        }
    )

    predicted_price: float
    currency: Literal["USD"]
    interval: Interval
    unknown: list[Literal["make", "model", "state"]] = Field(
        default_factory=list,
        description="What the model has never seen under this name; the price then comes from what "
        "resembles it, and the interval is as wide as that deserves",
    )


class Options(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    coverage: float = Field(
        0.9,
        ge=0.5,
        le=0.99,
        description="The share of prices that should lie within the interval",
        json_schema_extra={"unit": "share of one"},
    )
    minimum_price_usd: float = Field(
        500.0,
        gt=0,
        le=1e12,
        description="A label below this is a placeholder, not a price, and rejected",
    )
    maximum_price_usd: float = Field(
        500_000.0,
        gt=0,
        le=1e12,
        description="A label above this is a typing error, and rejected",
    )

    @model_validator(mode="after")
    def _some_price_is_between(self) -> Options:
        if self.minimum_price_usd >= self.maximum_price_usd:
            raise PydanticCustomError(
                "bounds",
                "minimum_price_usd is not below maximum_price_usd, so that every price is refused",
            )
        return self


class CarPrice(Task):
    problem = Problem.REGRESSION
    storage = Storage.CAR_DETAILS
    input_model = Car
    output_model = Price
    batch_key = "cars"
    features = ("state", "make", "model", "year", "mileage")
    trusted_types = CAR_PRICE_TRUSTED_TYPES
    bundle_kind = car.KIND
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
        return {"state": "TX", "make": "Toyota", "model": "Camry", "year": 2019, "mileage": 42000}

    def describe_input(self, schema: dict[str, Any], *, today: date) -> None:
        number, text = schema["properties"]["year"]["anyOf"]
        number["maximum"] = _latest_year(today)
        text["pattern"] = as_text(years_as_text(FIRST_MODEL_YEAR, _latest_year(today)))

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
        assert isinstance(value, Car)
        miles = value.mileage / KM_PER_MILE if value.mileage_unit == "km" else value.mileage
        return {
            "state": value.state or None,
            "make": value.make,
            "model": value.model,
            "year": value.year,
            "mileage": miles,
        }

    def identity(self, payload: Payload) -> tuple[Any, ...]:
        names = _one_spelling(payload["state"], payload["make"], payload["model"])
        return (*names, payload["year"], payload["mileage"])

    def predict(self, estimator: Pipeline, inputs: Sequence[Input]) -> list[Payload]:
        table = self.frame([self.payload(value) for value in inputs])
        features = estimator[:-1].transform(table)
        numbers = np.column_stack(estimator[-1].predict_with_interval(features)).tolist()
        encoder = estimator.named_steps["features"].encoder_
        # Estimators of earlier releases do not tell.
        tell = getattr(encoder, "unknown", lambda table: [()] * len(table))
        return [
            self._answer_of(car.CarPrediction(row[0], row[1], row[2], unknown))
            for row, unknown in zip(numbers, tell(table), strict=True)
        ]

    def predict_compiled(self, bundle: Bundle, inputs: Sequence[Input]) -> list[Payload]:
        assert isinstance(bundle, car.CarBundle)
        payloads = [self.payload(value) for value in inputs]
        if len(payloads) == 1:
            return [self._answer_of(bundle.predict_one(payloads[0]))]
        return [self._answer_of(priced) for priced in bundle.predict_many(payloads)]

    def unknown_fields(self, answer: Payload) -> Sequence[str]:
        found: Sequence[str] = answer.get("unknown", ())
        return found

    def _answer_of(self, priced: car.CarPrediction) -> Payload:
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
    a chance of a fifth and as three otherwise: by what is told of it, always alike.
    """
    # Serving a bundle never comes here, and shall not pay for pandas.
    import pandas as pd

    observed = rows["observed_at"].dt
    moment = observed.year + (observed.day_of_year - 1) / 365.25
    told = [name for name in ("mileage", "label") if name in rows]
    bits = pd.util.hash_pandas_object(rows[told], index=False).to_numpy(np.float64)
    ages: NDArray[np.float64] = np.floor(
        (moment - rows["year"] - 0.5).to_numpy(np.float64) + bits / 2**64
    )
    return ages


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return None
