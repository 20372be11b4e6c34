"""What every `LabelledStore` does, on SQLite and on MariaDB."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from iargus.errors import DataError
from iargus.settings import Policy
from iargus.storage.database import Database
from iargus.storage.labelled.store import LabelledStore, Span
from iargus.tasks.base import Task
from iargus.tasks.catalogue import Catalogue
from tests.toy_tasks import rent_rows, rent_task

CATALOGUE = Catalogue.read(Policy())
JANUARY = datetime(2026, 1, 1)


def cars(count: int = 3, *, keys: bool = True) -> pd.DataFrame:
    """Sales a day apart, from the newest to the oldest; state and mileage of the first unknown."""
    rows = pd.DataFrame(
        {
            "state": [None, *["TX"] * (count - 1)],
            "make": "Citroën",
            "model": 'C4 "Cactus" \\ 😀\'',
            "year": np.arange(2000, 2000 + count),
            "mileage": [np.nan, *(0.1 + np.arange(count - 1))],
            "label": 1234.56789012345 + np.arange(count),
            "observed_at": pd.date_range(JANUARY, periods=count, freq="D")[::-1],
        }
    )
    return rows.assign(row_key=[f"key-{k}" for k in range(count)]) if keys else rows


def sentences(count: int = 3) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "text": [f'où est la gare ? "{k}" \\n 😀 \'' for k in range(count)],
            "label": [f"trouver-{k % 2}é" for k in range(count)],
            "observed_at": pd.date_range(JANUARY, periods=count, freq="D")[::-1],
            "row_key": [f"key-{k}" for k in range(count)],
        }
    )


def rents(count: int = 3) -> pd.DataFrame:
    return rent_rows(count).assign(row_key=[f"key-{k}" for k in range(count)])


KINDS = {
    "car_price": (CATALOGUE.get("car_price"), cars),
    "intent": (CATALOGUE.get("intent"), sentences),
    "rent": (rent_task(), rents),
}


@pytest.fixture(params=list(KINDS))
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def store(kind: str, labelled_database: Database) -> LabelledStore:
    return LabelledStore(KINDS[kind][0], labelled_database)


def expected(rows: pd.DataFrame, task: Task) -> pd.DataFrame:
    ordered = rows.sort_values("observed_at", kind="stable", ignore_index=True)
    return ordered[[*task.features, "label", "observed_at"]]


def test_is_empty_at_first(store: LabelledStore, kind: str) -> None:
    found = store.rows()

    assert list(found.columns) == [*KINDS[kind][0].features, "label", "observed_at"]
    assert len(found) == 0
    assert found["observed_at"].dtype.kind == "M"
    assert store.span() == Span(0, None, None)


def test_gives_back_every_value_in_order_of_time(store: LabelledStore, kind: str) -> None:
    task, make = KINDS[kind]
    rows = make(7)

    assert store.add(rows, source="test") == 7

    found = store.rows()
    pd.testing.assert_frame_equal(found, expected(rows, task), check_dtype=False)
    assert isinstance(found.index, pd.RangeIndex)
    assert found["observed_at"].dt.tz is None
    assert store.span().count == 7


def test_keeps_arrival_order_among_equal_times(store: LabelledStore, kind: str) -> None:
    rows = KINDS[kind][1](5).assign(observed_at=JANUARY)

    store.add(rows, source="test")

    assert store.rows()["label"].tolist() == rows["label"].tolist()


def test_the_window_holds_its_start_but_not_its_end(store: LabelledStore, kind: str) -> None:
    rows = KINDS[kind][1](4).assign(observed_at=pd.date_range(JANUARY, periods=4, freq="D"))
    store.add(rows, source="test")

    window = store.rows(start=datetime(2026, 1, 2), end=datetime(2026, 1, 4))

    assert window["observed_at"].tolist() == [pd.Timestamp(2026, 1, 2), pd.Timestamp(2026, 1, 3)]
    assert store.span() == Span(4, datetime(2026, 1, 1), datetime(2026, 1, 4))


def test_counts_exactly_the_rows_that_are_new(store: LabelledStore, kind: str) -> None:
    rows = KINDS[kind][1](9)
    store.add(rows.iloc[:4], source="test")

    assert store.add(rows, source="test") == 5
    assert store.add(rows, source="test") == 0
    assert store.span().count == 9


def test_equal_rows_without_keys_are_all_added(store: LabelledStore, kind: str) -> None:
    rows = KINDS[kind][1](3).drop(columns="row_key")

    assert store.add(rows, source="test") == 3
    assert store.add(rows, source="test") == 3


def test_counts_over_more_rows_than_one_statement_takes(store: LabelledStore, kind: str) -> None:
    rows = KINDS[kind][1](5_001)
    store.add(rows.iloc[:2], source="test")

    assert store.add(rows, source="test") == 4_999


def test_adds_no_row_at_all_when_one_is_wrong(store: LabelledStore, kind: str) -> None:
    rows = KINDS[kind][1](3)
    rows.loc[rows.index[2], "observed_at"] = pd.NaT

    with pytest.raises(DataError, match="row 3 lacks observed_at"):
        store.add(rows, source="test")
    assert store.span().count == 0


def test_an_empty_table_adds_nothing(store: LabelledStore, kind: str) -> None:
    assert store.add(KINDS[kind][1](3).iloc[:0], source="test") == 0


def test_times_with_a_zone_are_kept_as_utc(store: LabelledStore, kind: str) -> None:
    rows = KINDS[kind][1](1).assign(observed_at=pd.Timestamp("2026-01-01 02:00", tz="Etc/GMT-2"))

    store.add(rows, source="test")

    assert store.rows()["observed_at"].tolist() == [pd.Timestamp("2026-01-01 00:00")]


def test_tasks_do_not_see_each_others_examples(labelled_database: Database) -> None:
    first = LabelledStore(rent_task("first"), labelled_database)
    second = LabelledStore(rent_task("second"), labelled_database)
    first.add(rents(2), source="test")

    assert second.span().count == 0
    assert second.add(rents(2), source="test") == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"make": "x" * 65}, "make has 65 characters; its column holds 64"),
        ({"model": None}, "row 1 lacks model"),
        ({"year": np.nan}, "no year"),
        ({"year": 40_000}, "a year that its column cannot"),
        ({"label": np.inf}, "no label"),
        ({"mileage": "far"}, "a mileage that is no number"),
        ({"row_key": "k" * 65}, "row_key has 65 characters"),
    ],
)
def test_nothing_is_cut_or_made_up(
    labelled_database: Database, change: dict[str, object], message: str
) -> None:
    store = LabelledStore(CATALOGUE.get("car_price"), labelled_database)

    with pytest.raises(DataError, match=message):
        store.add(cars(2).assign(**change), source="test")  # type: ignore[arg-type]
    assert store.span().count == 0


def test_names_a_column_that_is_missing(labelled_database: Database) -> None:
    store = LabelledStore(CATALOGUE.get("intent"), labelled_database)

    with pytest.raises(DataError, match="lack the column label"):
        store.add(sentences().drop(columns="label"), source="test")


def test_a_long_sentence_fits(labelled_database: Database) -> None:
    store = LabelledStore(CATALOGUE.get("intent"), labelled_database)
    text = '😀"\\' * 1600

    store.add(sentences(1000).assign(text=text), source="test")

    assert set(store.rows()["text"]) == {text}
