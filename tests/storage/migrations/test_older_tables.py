"""Tables of an older service are completed: every row stays, and everything new works."""

from __future__ import annotations

from datetime import datetime, timedelta

import pandas as pd
import pytest
from sqlalchemy import text

from iargus.auth.tokens.record import Holder, TokenRecord
from iargus.auth.tokens.service import digest_of
from iargus.auth.tokens.store import SqlTokenStore
from iargus.errors import SchemaMissing
from iargus.settings import Environment, Policy, Settings
from iargus.storage.database import API, LABELLED, Database
from iargus.storage.labelled.store import labelled_store
from iargus.storage.migrate import check_schema, upgrade
from iargus.tasks.catalogue import Catalogue
from tests.auth.issued import issued_tokens
from tests.storage.migrations.tables import shape

NUMBER = {"sqlite": "INTEGER PRIMARY KEY AUTOINCREMENT", "mysql": "INT PRIMARY KEY AUTO_INCREMENT"}
JWT = "eyJhbGciOiJIUzI1NiJ9." + "a" * 120 + "." + "b" * 43


def connect(name: str, environ: dict[str, str], *statements: str) -> Database:
    database = Database.connect(name, Settings(Environment.read(environ), Policy()))
    database.make_file()
    dialect = database.engine.dialect.name
    latin = " DEFAULT CHARSET=latin1" if dialect == "mysql" else ""
    with database.transaction() as connection:
        for statement in statements:
            connection.execute(text(statement.format(id=NUMBER[dialect], latin=latin)))
    return database


@pytest.fixture
def older_sales(any_database_environ: dict[str, str]) -> Database:
    return connect(
        LABELLED,
        any_database_environ,
        "CREATE TABLE car_details (id {id}, state VARCHAR(20) NOT NULL, model VARCHAR(30),"
        " make VARCHAR(30), year INT, mileage INT NOT NULL, price INT, date_added DATE,"
        " seller VARCHAR(30)){latin}",
        "INSERT INTO car_details (state, model, make, year, mileage, price, date_added, seller)"
        " VALUES ('TX', 'Camry', 'Toyota', 2014, 35725, 8995, '2018-05-01', 'Émile'),"
        " ('NY', 'Civic', 'Honda', 2013, 19606, 10888, '2018-06-01', NULL)",
    )


@pytest.fixture
def older_tokens(any_database_environ: dict[str, str]) -> Database:
    return connect(
        API,
        any_database_environ,
        "CREATE TABLE tokens (id {id}, first_name VARCHAR(50), surname VARCHAR(50),"
        " email VARCHAR(100), token TEXT, creation_date DATETIME){latin}",
        f"INSERT INTO tokens (first_name, surname, email, token, creation_date) VALUES"
        f" ('Ada', 'Lovelace', 'ada@example.org', '{JWT}', '2026-01-01 10:00:00'),"
        f" ('Ada', 'Lovelace', 'ada@example.org', '{JWT}', '2026-01-01 10:00:00'),"
        f" ('Bob', NULL, 'bob@example.org', 'other', NULL)",
    )


def test_older_sales_stay_and_are_learned_from(older_sales: Database) -> None:
    upgrade(older_sales)

    check_schema(older_sales)
    found = labelled_store(Catalogue.read(Policy()).get("car_price"), older_sales).rows()
    assert found["label"].tolist() == [8995.0, 10888.0]
    assert found["observed_at"].tolist() == [pd.Timestamp("2018-05-01"), pd.Timestamp("2018-06-01")]
    with older_sales.transaction() as connection:
        rows = connection.execute(text("SELECT seller, source FROM car_details ORDER BY id")).all()
    assert [tuple(row) for row in rows] == [("Émile", "unknown"), (None, "unknown")]


def test_new_sales_lose_nothing_in_an_older_table(older_sales: Database) -> None:
    upgrade(older_sales)
    store = labelled_store(Catalogue.read(Policy()).get("car_price"), older_sales)
    row = pd.DataFrame(
        {
            "state": pd.Series([None], dtype="str"),
            "make": ["😀" * 64],
            "model": ["m" * 128],
            "year": [2020],
            "mileage": [float("nan")],
            "label": [12345.67],
            "observed_at": [datetime(2026, 1, 2, 3, 4, 5)],
            "row_key": ["k"],
        }
    )

    assert store.add(row, source="test") == 1
    assert store.add(row, source="test") == 0

    newest = store.rows().iloc[-1:].reset_index(drop=True)
    pd.testing.assert_frame_equal(newest, row.drop(columns="row_key"), check_dtype=False)


def test_older_tables_get_keys_and_indexes(older_sales: Database, older_tokens: Database) -> None:
    upgrade(older_sales)
    upgrade(older_tokens)

    sales, tokens = shape(older_sales.engine)["car_details"], shape(older_tokens.engine)["tokens"]
    assert "ix_car_details_date_added" in sales["indexes"]
    assert sales["uniques"] == {"uq_car_details_row_key": ["row_key"]}
    assert tokens["uniques"] == {"uq_tokens_token": ["token"], "uq_tokens_jti": ["jti"]}
    assert {"ix_tokens_email", "ix_tokens_revoked_at"} <= set(tokens["indexes"])


def test_older_tokens_become_digests(older_tokens: Database) -> None:
    upgrade(older_tokens)

    with older_tokens.transaction() as connection:
        rows = connection.execute(
            text("SELECT token, kid, jti, first_name FROM tokens ORDER BY id")
        ).all()
    assert rows[0].token == digest_of(JWT)
    assert len({row.token for row in rows}) == 3
    assert {len(row.token) for row in rows} == {64}
    assert [row.kid for row in rows] == ["older"] * 3
    assert len({row.jti for row in rows}) == 3


def test_the_token_gate_works_on_an_older_table(older_tokens: Database) -> None:
    upgrade(older_tokens)
    store = SqlTokenStore(older_tokens)
    now = datetime(2026, 11, 1)
    holder = Holder("Zoë", "Ødegård 😀", "z" * 240 + "@example.org")
    new = TokenRecord(holder, "f" * 64, "jti", "k1", now, now + timedelta(days=1))

    store.add(new)

    assert store.revoke("jti", now)
    listed = issued_tokens(older_tokens)
    assert listed[0].holder == holder
    assert listed[-1].expires_at == datetime(2026, 1, 1, 10) + timedelta(days=180)
    assert len(listed) == 4


def test_a_repeated_upgrade_changes_no_digest(older_tokens: Database) -> None:
    upgrade(older_tokens)
    before = [record.digest for record in issued_tokens(older_tokens)]
    with older_tokens.transaction() as connection:
        connection.execute(text("DELETE FROM alembic_version"))

    upgrade(older_tokens)

    assert [record.digest for record in issued_tokens(older_tokens)] == before


def test_rows_without_a_value_that_nobody_knows(any_database_environ: dict[str, str]) -> None:
    database = connect(
        LABELLED,
        any_database_environ,
        "CREATE TABLE car_details (id {id}, model VARCHAR(30), year INT)",
        "INSERT INTO car_details (model, year) VALUES ('Camry', 2014)",
    )

    with pytest.raises(SchemaMissing, match="car_details has rows but no column make"):
        upgrade(database)
