"""Values come back from both databases as they were added, to the last bit and letter."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from iargus.storage.database import Database
from iargus.storage.labelled.store import LabelledStore
from tests.storage.labelled.test_store import CATALOGUE, JANUARY, KINDS, cars, rents
from tests.toy_tasks import rent_task


def in_chunks(store: LabelledStore, size: int) -> pd.DataFrame:
    return pd.concat(list(store.chunks(size=size)), ignore_index=True)


def test_every_bit_of_a_number_comes_back(labelled_database: Database) -> None:
    random = np.random.default_rng(0)
    spread = random.integers(0, 2**63 - 1, 4_000, dtype=np.int64).view(np.float64)
    special = np.array([5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 0.1, 1e22, 2**53])
    values = np.concatenate([spread[np.isfinite(spread)], special])
    values = np.maximum(np.abs(values), 5e-324)  # a column knows no sign of zero
    store = LabelledStore(CATALOGUE.get("car_price"), labelled_database)
    times = pd.date_range(JANUARY, periods=len(values), freq="s")
    rows = cars(len(values)).assign(label=values, mileage=-values, year=2000, observed_at=times)
    store.add(rows, source="test")

    found = in_chunks(store, 1_000)

    assert found["label"].to_numpy().tobytes() == values.tobytes()
    assert found["mileage"].to_numpy().tobytes() == (-values).tobytes()


def test_every_bit_of_a_feature_in_json_comes_back(labelled_database: Database) -> None:
    values = np.random.default_rng(1).normal(0, 1e3, 2_000)
    values[:3] = [-0.0, 5e-324, 1e300]
    store = LabelledStore(rent_task(), labelled_database)
    times = pd.date_range(JANUARY, periods=len(values), freq="s")
    rows = rents(len(values)).assign(area=values, label=np.abs(values) + 1 / 3, observed_at=times)
    store.add(rows, source="test")

    found = in_chunks(store, 600)

    assert found["area"].to_numpy(np.float64).tobytes() == values.tobytes()
    assert found["label"].to_numpy().tobytes() == rows["label"].to_numpy().tobytes()


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_letter_comes_back(labelled_database: Database, kind: str) -> None:
    store = LabelledStore(KINDS[kind][0], labelled_database)
    letters = [*map(chr, range(1, 0x250)), "\u2028", "\u2029", "\ufeff", "\U0001f600", "\u0301"]
    task, make = KINDS[kind]
    name = next(each for each in task.features if each in ("model", "text", "city"))
    texts = [f"a{letter}b\\u0041" for letter in letters]
    times = pd.date_range(JANUARY, periods=len(texts), freq="s")
    rows = make(len(texts)).assign(observed_at=times)
    rows[name] = texts
    store.add(rows, source="test")

    assert in_chunks(store, 100)[name].tolist() == texts
