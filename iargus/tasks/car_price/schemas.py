"""What is sent for one price, what is answered, and the options of the kind."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from iargus.tasks.base import Input, Output
from iargus.tasks.fields import AlsoAsText, Amount, Text, amounts_as_text, years_as_text

FIRST_MODEL_YEAR, LAST_MODEL_YEAR = 1900, 2200
MAX_MILEAGE_MILLIONS = 3
EXAMPLE: dict[str, Any] = {
    "state": "TX",
    "make": "Toyota",
    "model": "Camry",
    "year": 2019,
    "mileage": 42000,
}


class Car(Input):
    """A used car. `state` may be left out; `mileage` is in miles unless the unit says km."""

    model_config = ConfigDict(json_schema_extra={"examples": [dict(EXAMPLE)]})

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
        if today is not None and year > latest_year(today):
            raise PydanticCustomError(
                "year_in_future",
                "the model year should be at most {latest}",
                {"latest": latest_year(today)},
            )
        return year


def latest_year(today: date) -> int:
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
        500_000.0, gt=0, le=1e12, description="A label above this is a typing error, and rejected"
    )

    @model_validator(mode="after")
    def _some_price_is_between(self) -> Options:
        if self.minimum_price_usd >= self.maximum_price_usd:
            raise PydanticCustomError(
                "bounds",
                "minimum_price_usd is not below maximum_price_usd, so that every price is refused",
            )
        return self
