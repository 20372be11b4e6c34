"""One row without pandas is the row that the stores write."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import Table, select

from iargus.settings import Policy
from iargus.storage.database import Database
from iargus.storage.labelled.store import LabelledStore
from iargus.storage.labelled.writing import adder
from iargus.storage.schema import car_details, labelled_examples
from iargus.tasks.base import Label, Task
from iargus.tasks.catalogue import Catalogue
from tests.toy_tasks import rent_task

AT = datetime(2026, 11, 1, 12, 30, 7)
CAR = {"state": "TX", "make": "Toyota", "model": "Camry", "year": 2019, "mileage": 80_467.25}
SHIPPED = Catalogue.read(Policy())


@pytest.mark.parametrize(
    ("task", "table", "payload", "label"),
    [
        (SHIPPED.get("car_price"), car_details, CAR, 14_950.5),
        (SHIPPED.get("car_price"), car_details, CAR | {"state": None, "mileage": None}, 9_000.0),
        (SHIPPED.get("car_price"), car_details, CAR | {"make": "Škoda 🚗"}, 0.1),
        (SHIPPED.get("intent"), labelled_examples, {"text": 'ça va ? "\\ \n'}, "other"),
        (
            rent_task(),
            labelled_examples,
            dict.fromkeys(rent_task().features[:-1], 1.5),
            1_200.1,
        ),
    ],
)
def test_the_same_row(
    labelled_database: Database, task: Task, table: Table, payload: Mapping[str, Any], label: Label
) -> None:
    row = {name: payload.get(name) for name in task.features}
    row |= {"label": label, "observed_at": AT, "row_key": "theirs"}
    assert LabelledStore(task, labelled_database).add(pd.DataFrame([row]), source="feedback") == 1
    add = adder(labelled_database, source="feedback")
    assert add(task, payload, label, AT, "ours") == 1
    assert add(task, payload, label, AT, "ours") == 0
    with labelled_database.transaction() as connection:
        kept = [dict(found) for found in connection.execute(select(table)).mappings()]
    theirs, ours = (
        {name: value for name, value in each.items() if name not in ("id", "row_key")}
        for each in sorted(kept, key=lambda each: str(each["row_key"]), reverse=True)
    )
    assert theirs == ours
