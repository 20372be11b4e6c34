"""A program that adds a number to the columns of a car, and follows it through IArgus.

It changes what somebody who adds one would write: its name in `columns`, its field in `schemas`,
its values in the sales, and its column in the table. Prints what it saw, as JSON.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import iargus.threads  # noqa: F401 - before scikit-learn is imported
from iargus.tasks.car_price import columns

NAME = "engine_litres"
columns.FURTHER_NUMBERS = (NAME,)
columns.FEATURES = (*columns.FEATURES, NAME)

from sqlalchemy import Column, Float, create_engine  # noqa: E402

from iargus.storage.schema import car_details, labelled_metadata  # noqa: E402

car_details.append_column(Column(NAME, Float(53)))

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from pydantic import Field  # noqa: E402

from iargus.serving.compilation.compiling import compile_model  # noqa: E402
from iargus.serving.compilation.opening import open_bundle  # noqa: E402
from iargus.settings.tasks import TaskPolicy  # noqa: E402
from iargus.storage.database import Database  # noqa: E402
from iargus.storage.labelled.store import LabelledStore  # noqa: E402
from iargus.storage.labelled.writing import adder  # noqa: E402
from iargus.tasks.car_price import schemas  # noqa: E402
from iargus.tasks.car_price.task import CarPrice  # noqa: E402
from iargus.training.importers.cars import CarColumns  # noqa: E402
from iargus.training.simulator import SimulationPlan, simulate  # noqa: E402
from tests.compiled.forms import CAR_FORM  # noqa: E402

TODAY = date(2026, 11, 1)


class Car(schemas.Car):
    engine_litres: float | None = Field(None, gt=0, le=20)


def sales() -> pd.DataFrame:
    """Cars that cost 15 % more for each litre; of every tenth nobody knows it."""
    plan = SimulationPlan(rows=900, months=3, end=TODAY, seed=0)
    found = pd.concat(simulate(plan), ignore_index=True)
    litres = np.round(np.random.default_rng(0).uniform(1, 6, len(found)), 1)
    found["price"] = (found["price"] * np.exp(0.15 * (litres - 3))).clip(600, 400_000)
    found[NAME] = np.where(np.arange(len(found)) % 10 == 0, np.nan, litres)
    return found.rename(columns={"price": "label", "date_added": "observed_at"})


def main(folder: Path) -> dict[str, Any]:
    CarPrice.input_model = Car
    policy = TaskPolicy(kind="car_price", path="/predict", threshold=0.2)
    task = CarPrice("car_price", policy)
    database = Database("labelled", create_engine(f"sqlite:///{folder / 'labelled.sqlite'}"))
    labelled_metadata.create_all(database.engine)
    store = LabelledStore(task, database)
    store.add(sales(), source="test")
    body = {**task.example(), NAME: 2.0}
    payload = task.payload(task.parse_input(body, today=TODAY))
    adder(database, source="test")(task, payload, 21_000.0, datetime(2026, 10, 31), "key")
    rows = store.rows()
    pipeline = task.build_estimator().set_params(price__max_iter=60, price__interval_iter=10)
    pipeline.fit(task.training_frame(rows), rows["label"])
    digest = compile_model(
        task, pipeline, folder / "bundle", created_from="0" * 64, rows=1_500, is_new=True
    )
    bundle: Any = open_bundle(task, folder / "bundle", digest=digest, created_from="0" * 64)

    def price(**changes: Any) -> float:
        value = task.parse_input({**body, **changes}, today=TODAY)
        (answer,) = task.predict_compiled(bundle, [value])
        assert task.predict(pipeline, [value]) == [answer]
        return float(answer["predicted_price"])

    earlier = Path(__file__).parents[1] / "compiled" / "layout_1" / "bundle"
    layout = CarColumns()
    names = ["make", "model", "year", "mileage", "price", NAME]
    survey = layout.survey(Path("cars.csv"), names, now=datetime.now(UTC).replace(tzinfo=None))
    record = ["Toyota", "Camry", "2019", "42000", "21000", "2.5"]
    survey.look(record)
    survey.settle()
    return {
        "payload": payload,
        "stored": rows[NAME].notna().mean(),
        "small": price(engine_litres=1.2),
        "large": price(engine_litres=5.8),
        "unknown": price(engine_litres=None),
        "drift": list(task.drift_features(rows)),
        "imported": survey.pick(record).body[NAME],
        "canaries": [canary[NAME] for canary in CAR_FORM.canaries],
        "earlier": CAR_FORM.load(earlier).predict_one(payload).price,
        "schema": list(task.input_model.model_json_schema()["properties"]),
    }


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
