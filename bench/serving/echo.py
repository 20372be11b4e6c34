"""FastAPI alone: a body and an answer by pydantic, and no model, token, limit or database.

The models are those of IArgus's tasks, written here once more: to import them would bring what the
tasks import, and the echo would start later and need more memory than it has to.
`tests/test_bench_serving.py` compares them. Numbers and texts are bounded as pydantic does
it alone: that the kinds of fields of IArgus cost more is counted against IArgus.
"""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import FastAPI
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, StringConstraints

PREDICTION_ID = "7f3df1c0-6f5c-4f0e-9c53-0d9f3c1b7a11"


class Input(BaseModel):
    model_config = ConfigDict(frozen=True, str_strip_whitespace=True, populate_by_name=True)


class Output(BaseModel):
    model_config = ConfigDict(frozen=True, protected_namespaces=())

    model_version: str
    prediction_id: str


class Car(Input):
    state: Annotated[str, StringConstraints(max_length=64)] | None = None
    make: str = Field(min_length=1, max_length=64)
    model: str = Field(min_length=1, max_length=128)
    year: int = Field(ge=1900, le=2200)
    mileage: float = Field(ge=0, le=3_000_000, allow_inf_nan=False)
    mileage_unit: Literal["mi", "km"] = "mi"


class Interval(BaseModel):
    low: float
    high: float
    coverage: float


class Price(Output):
    predicted_price: float
    currency: Literal["USD"]
    interval: Interval
    unknown: list[Literal["make", "model", "state"]] = Field(default_factory=list)


class Sentence(Input):
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=5000)] = Field(
        validation_alias=AliasChoices("text", "sentence", "query")
    )


class RankedIntent(BaseModel):
    label: str | int
    confidence: float


class Intent(Output):
    intent: str | int
    probability: float
    intents: list[RankedIntent]


app = FastAPI()


@app.post("/predict")
async def predict(car: Car) -> Price:
    return Price(
        model_version="1",
        prediction_id=PREDICTION_ID,
        predicted_price=car.mileage,
        currency="USD",
        interval=Interval(low=car.mileage / 2, high=car.mileage * 2, coverage=0.9),
        unknown=[],
    )


@app.post("/intent")
async def intent(sentence: Sentence) -> Intent:
    ranked = [RankedIntent(label=sentence.text[:9], confidence=share) for share in (0.7, 0.2, 0.1)]
    return Intent(
        model_version="1",
        prediction_id=PREDICTION_ID,
        intent=ranked[0].label,
        probability=ranked[0].confidence,
        intents=ranked,
    )
