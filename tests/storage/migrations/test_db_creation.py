"""`db_creation.sql` gives the schema of the migrations, again and again, and loses nothing."""

from __future__ import annotations

import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import text

from iargus.auth.tokens.record import Holder, TokenRecord
from iargus.auth.tokens.store import SqlTokenStore
from iargus.errors import DatabaseUnavailable, SchemaMissing
from iargus.settings import Environment, Policy, Settings
from iargus.storage.database import API, LABELLED, Database
from iargus.storage.labelled.store import LabelledStore, labelled_store
from iargus.storage.migrate import check_schema, upgrade
from iargus.tasks.catalogue import Catalogue
from tests.auth.issued import issued_tokens, revoked_tokens
from tests.services.mariadb import MariaDB
from tests.services.require import require_program
from tests.storage.migrations.tables import shape

SCRIPT = Path(__file__).parents[3] / "db_creation.sql"
NOW = datetime(2026, 11, 1)
CATALOGUE = Catalogue.read(Policy())

pytestmark = pytest.mark.usefixtures("mariadb_environ")


def run_script(environ: dict[str, str]) -> str:
    client = require_program("mariadb")
    with SCRIPT.open("rb") as script:
        done = subprocess.run(
            [
                *(str(client), "--no-defaults", "--protocol=tcp"),
                *("--host", environ["MYSQL_HOST"], "--port", environ["MYSQL_PORT"]),
                *("--user", environ["MYSQL_USER"], f"--password={environ['MYSQL_PWD']}"),
            ],
            stdin=script,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    return done.stdout


def connect(name: str, environ: dict[str, str]) -> Database:
    return Database.connect(name, Settings(Environment.read(environ), Policy()))


def add_rows(environ: dict[str, str], number: int) -> None:
    car = pd.DataFrame(
        {
            "state": ["TX"],
            "make": ["Toyota"],
            "model": ["Camry"],
            "year": [2019],
            "mileage": [42_000.0],
            "label": [15_000.0 + number],
            "observed_at": [NOW],
        }
    )
    sentence = pd.DataFrame({"text": [f"hello {number}"], "label": ["a"], "observed_at": [NOW]})
    assert cars(environ).add(car, source="feedback") == 1
    assert intents(environ).add(sentence, source="feedback") == 1
    SqlTokenStore(connect(API, environ)).add(
        TokenRecord(
            Holder("Ada", "Lovelace", "ada@example.org"),
            f"{number:064x}",
            f"jti-{number}",
            "k",
            NOW,
            NOW + timedelta(days=1),
        )
    )


def cars(environ: dict[str, str]) -> LabelledStore:
    return labelled_store(CATALOGUE.get("car_price"), connect(LABELLED, environ))


def intents(environ: dict[str, str]) -> LabelledStore:
    return labelled_store(CATALOGUE.get("intent"), connect(LABELLED, environ))


@pytest.fixture
def bare_environ(mariadb_environ: dict[str, str], mariadb_server: MariaDB) -> dict[str, str]:
    """A server without the two databases."""
    mariadb_server.run("DROP DATABASE iargus", "DROP DATABASE iargus_api")
    return mariadb_environ


def test_run_twice_with_data_in_between_nothing_is_lost(bare_environ: dict[str, str]) -> None:
    assert "are ready" in run_script(bare_environ)
    add_rows(bare_environ, 1)

    assert "are ready" in run_script(bare_environ)

    add_rows(bare_environ, 2)
    assert cars(bare_environ).rows()["label"].tolist() == [15_001.0, 15_002.0]
    assert intents(bare_environ).rows()["text"].tolist() == ["hello 1", "hello 2"]
    assert len(issued_tokens(connect(API, bare_environ))) == 2


@pytest.mark.parametrize("name", [LABELLED, API])
def test_gives_the_schema_of_the_migrations(
    name: str, bare_environ: dict[str, str], mariadb_server: MariaDB
) -> None:
    run_script(bare_environ)
    from_script = connect(name, bare_environ)
    check_schema(from_script)  # so the migrations have nothing to do
    shape_of_script, tables_of_script = shape(from_script.engine), options(from_script)
    from_script.dispose()
    mariadb_server.reset()
    migrated = connect(name, bare_environ)
    upgrade(migrated)

    assert shape_of_script == shape(migrated.engine)
    assert tables_of_script == options(migrated)


def options(database: Database) -> list[tuple[str, str, str]]:
    with database.transaction() as connection:
        rows = connection.execute(
            text(
                "SELECT table_name, engine, table_collation FROM information_schema.tables "
                "WHERE table_schema = DATABASE() AND table_name <> 'alembic_version' ORDER BY 1"
            )
        )
        return [(str(name), str(engine), str(collation)) for name, engine, collation in rows]


def test_an_older_table_waits_for_the_upgrade(
    bare_environ: dict[str, str], mariadb_server: MariaDB
) -> None:
    mariadb_server.run(
        "CREATE DATABASE iargus_api",
        "CREATE TABLE iargus_api.tokens (id INT PRIMARY KEY AUTO_INCREMENT, first_name"
        " VARCHAR(50), surname VARCHAR(50), email VARCHAR(100), token TEXT, creation_date DATE)",
        "INSERT INTO iargus_api.tokens (email, token) VALUES ('ada@example.org', 'x')",
    )

    assert "run `iargus db upgrade` now" in run_script(bare_environ)

    database = connect(API, bare_environ)
    with pytest.raises(SchemaMissing):
        check_schema(database)
    upgrade(database)
    assert len(issued_tokens(database)) == 1
    assert "are ready" in run_script(bare_environ)


def test_the_script_drops_nothing_and_holds_no_password() -> None:
    statements = [
        line for line in SCRIPT.read_text().splitlines() if not line.lstrip().startswith("--")
    ]
    script = "\n".join(statements).upper()
    for word in ("DROP", "DELETE", "TRUNCATE", "REPLACE", "IDENTIFIED", "ALTER", "UPDATE "):
        assert word not in script.replace("`IARGUS DB UPGRADE`", "")


@pytest.fixture
def api_environ(bare_environ: dict[str, str], mariadb_server: MariaDB) -> dict[str, str]:
    """The account of the API, with exactly the grants that the script's comment names."""
    run_script(bare_environ)
    account = "'test_web'@'%'"
    grants = [
        line.removeprefix("--     ").replace("'iargus_web'@'%'", account)
        for line in SCRIPT.read_text().splitlines()
        if "TO 'iargus_web'" in line
    ]
    assert len(grants) == 3
    mariadb_server.run(f"CREATE USER {account} IDENTIFIED BY 'x'", *grants)
    return bare_environ | {"MYSQL_USER": "test_web", "MYSQL_PWD": "x"}


def test_the_api_s_account_adds_labelled_rows(
    api_environ: dict[str, str], bare_environ: dict[str, str]
) -> None:
    add_rows(api_environ, 1)
    keyed = pd.DataFrame(
        {"text": ["hi"], "label": ["a"], "observed_at": [NOW], "row_key": ["prediction-1"]}
    )

    assert intents(api_environ).add(keyed, source="feedback") == 1
    assert intents(api_environ).add(keyed, source="feedback") == 0
    assert intents(bare_environ).span().count == 2
    assert cars(bare_environ).span().count == 1


def test_the_api_s_account_uses_its_own_database(api_environ: dict[str, str]) -> None:
    database = connect(API, api_environ)
    check_schema(database)
    add_rows(api_environ, 1)
    store = SqlTokenStore(database)

    assert store.revoke("jti-1", NOW)
    assert revoked_tokens(store, NOW) == {"jti-1"}


def test_the_api_s_account_reads_no_labelled_rows(api_environ: dict[str, str]) -> None:
    with pytest.raises(DatabaseUnavailable, match="denied"):
        cars(api_environ).rows()
