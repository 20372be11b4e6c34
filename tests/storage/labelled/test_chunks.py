"""`LabelledStore.chunks`: the rows of `rows`, a table at a time, on SQLite and on MariaDB."""

from __future__ import annotations

import tracemalloc
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Connection, event, text

from iargus.settings import Environment, Policy, Settings
from iargus.storage.database import LABELLED, Database
from iargus.storage.labelled.store import LabelledStore
from iargus.storage.migrate import upgrade
from tests.storage.labelled.test_store import CATALOGUE, JANUARY, KINDS, cars, rents
from tests.toy_tasks import rent_task

CARS = CATALOGUE.get("car_price")


@pytest.fixture(params=list(KINDS))
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def store(kind: str, labelled_database: Database) -> LabelledStore:
    return LabelledStore(KINDS[kind][0], labelled_database)


def plain(rows: pd.DataFrame) -> pd.DataFrame:
    """The values whatever their types: what is missing is NaN among texts, None among objects."""
    values = rows.astype(object)
    return values.where(values.notna(), None)


def joined(store: LabelledStore, size: int, end: datetime | None = None) -> pd.DataFrame:
    return pd.concat(list(store.chunks(end=end, size=size)), ignore_index=True)


def test_an_empty_store_has_no_chunk(store: LabelledStore) -> None:
    assert list(store.chunks()) == []


@pytest.mark.parametrize("size", [1, 7, 50_000])
def test_chunks_are_the_rows_in_their_order(store: LabelledStore, kind: str, size: int) -> None:
    store.add(KINDS[kind][1](23), source="test")

    found = list(store.chunks(size=size))

    assert [len(part) for part in found] == [min(size, 23 - at) for at in range(0, 23, size)]
    pd.testing.assert_frame_equal(plain(pd.concat(found, ignore_index=True)), plain(store.rows()))
    assert all(isinstance(part.index, pd.RangeIndex) for part in found)


def test_chunks_have_the_types_of_rows(labelled_database: Database) -> None:
    store = LabelledStore(CARS, labelled_database)
    store.add(cars(9), source="test")

    for part in store.chunks(size=2):
        assert part.dtypes.to_dict() == store.rows().dtypes.to_dict()


def test_chunks_hold_the_start_but_not_the_end(store: LabelledStore, kind: str) -> None:
    store.add(KINDS[kind][1](9), source="test")
    start, end = JANUARY + timedelta(hours=2), JANUARY + timedelta(days=4)

    found = pd.concat(list(store.chunks(start=start, end=end, size=2)), ignore_index=True)

    pd.testing.assert_frame_equal(found, store.rows(start=start, end=end), check_dtype=False)
    assert 0 < len(found) < 9


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_equal_times_across_a_border_come_once_each(
    store: LabelledStore, kind: str, size: int
) -> None:
    times = [JANUARY + timedelta(days=day) for day in (2, 1, 1, 1, 1, 1, 1, 0)]
    rows = KINDS[kind][1](8).assign(observed_at=times)
    store.add(rows, source="test")

    in_order = rows.sort_values("observed_at", kind="stable")
    assert joined(store, size)["label"].tolist() == in_order["label"].tolist()


def test_rows_added_meanwhile_neither_appear_nor_move_others(
    store: LabelledStore, kind: str
) -> None:
    rows = KINDS[kind][1](12)
    store.add(rows.iloc[:6], source="test")
    before = store.rows()

    found = []
    for number, part in enumerate(store.chunks(size=2)):
        found.append(part)
        # Times before, among and after those that were there.
        late = rows.iloc[6 + 2 * number : 8 + 2 * number]
        times = [JANUARY - timedelta(days=1), JANUARY + timedelta(days=30)][: len(late)]
        store.add(late.assign(observed_at=times), source="test")
        store.add(late.assign(observed_at=before["observed_at"][3], row_key=None), source="test")

    assert store.span().count > 6
    pd.testing.assert_frame_equal(pd.concat(found, ignore_index=True), before, check_dtype=False)


def test_a_slow_reader_holds_no_connection(store: LabelledStore, kind: str) -> None:
    rows = KINDS[kind][1](4)
    store.add(rows, source="test")
    parts = store.chunks(size=2)
    next(parts)

    pool = labelled_pool(store)
    assert "checked out connections: 0" in pool.lower() or "NullPool" in pool
    assert len(next(parts)) == 2


def labelled_pool(store: LabelledStore) -> str:
    database: Database = store._database
    return database.engine.pool.status()


def test_no_statement_reads_more_than_one_chunk(store: LabelledStore, kind: str) -> None:
    store.add(KINDS[kind][1](9), source="test")
    database: Database = store._database
    statements: list[str] = []

    def keep(_: object, __: object, statement: str, *___: object) -> None:
        statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", keep)
    list(store.chunks(size=4))

    pages = [statement for statement in statements if "ORDER BY" in statement]
    assert len(pages) == 3
    assert all("LIMIT" in page for page in pages)


@pytest.mark.parametrize("size", [0, -1])
def test_a_chunk_has_at_least_one_row(store: LabelledStore, size: int) -> None:
    with pytest.raises(ValueError, match="at least one row"):
        list(store.chunks(size=size))


def test_types_in_json_may_differ_from_chunk_to_chunk_but_not_in_rows(
    labelled_database: Database,
) -> None:
    store = LabelledStore(rent_task(), labelled_database)
    rows = rents(4).assign(
        area=[1.5, 2.5, np.nan, np.nan], city=np.array(["Lyon", "Lille", None, None], object)
    )
    store.add(rows, source="test")

    parts = list(store.chunks(size=2))

    assert [part["area"].dtype for part in parts] == [np.dtype(np.float64), np.dtype(object)]
    assert store.rows()["area"].isna().tolist() == [False, False, True, True]
    assert store.rows()["city"].dtype == "str"


def test_empty_values_of_older_tables_are_passed_over(labelled_database: Database) -> None:
    store = LabelledStore(CARS, labelled_database)
    store.add(cars(6), source="test")
    with labelled_database.transaction() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("CREATE TABLE older AS SELECT * FROM car_details"))
            connection.execute(text("DROP TABLE car_details"))
            connection.execute(text("ALTER TABLE older RENAME TO car_details"))
        else:
            connection.execute(text("ALTER TABLE car_details MODIFY price DOUBLE NULL"))
            connection.execute(text("ALTER TABLE car_details MODIFY date_added DATETIME NULL"))
        connection.execute(text("UPDATE car_details SET price = NULL WHERE id = 2"))
        connection.execute(text("UPDATE car_details SET date_added = NULL WHERE id = 5"))

    found = joined(store, 2)

    assert found["year"].tolist() == [2005, 2003, 2002, 2000]


def peak(store: LabelledStore) -> int:
    """Bytes that Python held at most while all rows were read."""
    tracemalloc.start()
    try:
        for _ in store.chunks(size=500):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", list(KINDS))
def test_memory_does_not_grow_with_the_history(sqlite_settings: Settings, kind: str) -> None:
    database = Database.connect(LABELLED, sqlite_settings)
    upgrade(database)
    store = LabelledStore(KINDS[kind][0], database)
    many = pd.concat([KINDS[kind][1](1_000)] * 10, ignore_index=True).drop(columns="row_key")
    store.add(many.iloc[:1_000], source="test")
    peak(store)  # what Python makes once: compiled statements, imports
    few = peak(store)

    store.add(many.iloc[1_000:], source="test")

    assert peak(store) < 1.5 * few


def test_a_page_begins_at_its_time_and_not_at_the_first_row(
    mariadb_environ: dict[str, str],
) -> None:
    database = Database.connect(LABELLED, Settings(Environment.read(mariadb_environ), Policy()))
    upgrade(database)
    store = LabelledStore(rent_task(), database)
    times = pd.date_range(JANUARY, periods=4_000, freq="h")
    store.add(rents(4_000).assign(observed_at=times), source="test")
    LabelledStore(rent_task("other"), database).add(rents(1_000), source="test")
    plans: list[list[str]] = []

    def explain(
        connection: Connection, _: object, statement: str, values: Any, *__: object
    ) -> None:
        if "ORDER BY" in statement and not statement.startswith("EXPLAIN"):
            plan = connection.exec_driver_sql(f"EXPLAIN {statement}", values).mappings().one()
            plans.append([plan["type"], plan["key"]])

    event.listen(database.engine, "before_cursor_execute", explain)
    list(store.chunks(start=JANUARY + timedelta(days=60), size=50))
    database.dispose()

    assert plans
    assert {tuple(plan) for plan in plans} == {("range", "ix_labelled_examples_task_observed_at")}
