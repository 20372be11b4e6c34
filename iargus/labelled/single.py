"""One labelled row, as feedback brings it: the row that the stores would write, without pandas.

A worker that takes feedback would otherwise load it: a quarter of a second in which it answers
nobody, and 76 MB that it keeps.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from iargus.database import Database
from iargus.labelled.writing import CAR_DETAILS, EXAMPLES, insert_rows
from iargus.schema import car_details, labelled_examples
from iargus.tasks.base import Label, Storage, Task

AddLabelled = Callable[[Task, Mapping[str, Any], Label, datetime, str], int]


def adder(database: Database, *, source: str) -> AddLabelled:
    """How to add one row to the labelled rows in `database`.

    What it gives takes a task, an input and a label that the task has checked, the time (UTC
    without a zone) and a key of at most 64 characters; it says how many rows were new, and raises
    `DatabaseUnavailable` or `SchemaMissing`.
    """

    def add(task: Task, payload: Mapping[str, Any], label: Label, at: datetime, key: str) -> int:
        moment = at.strftime("%Y-%m-%d %H:%M:%S.000000")
        values: dict[str, Any] = {"source": source, "row_key": key}
        if task.storage is Storage.CAR_DETAILS:
            table, names = car_details, CAR_DETAILS
            values |= {name: payload.get(name) for name in ("state", "make", "model")}
            mileage = payload.get("mileage")
            values |= {
                "year": int(payload["year"]),
                "mileage": None if mileage is None else float(mileage),
                "price": float(label),
                "date_added": moment,
            }
        else:
            table, names = labelled_examples, EXAMPLES
            features = {name: payload.get(name) for name in task.features}
            values |= {
                "task": task.name,
                "observed_at": moment,
                "payload": json.dumps(features, ensure_ascii=False, allow_nan=False),
                "label": repr(label) if isinstance(label, float) else label,
            }
        with database.transaction() as connection:
            return insert_rows(connection, table, names, [tuple(values[name] for name in names)])

    return add
