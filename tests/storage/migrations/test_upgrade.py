"""The migrations give the tables of `iargus.storage.schema`, once, whoever else upgrades."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import MetaData, insert, select, text

from iargus.errors import DatabaseUnavailable, SchemaMissing
from iargus.settings import Environment, Policy, Settings
from iargus.storage.database import API, LABELLED, Database
from iargus.storage.migrate import check_schema, upgrade
from iargus.storage.schema import api_metadata, job_lock, labelled_metadata
from tests.services.mariadb import MariaDB
from tests.storage.migrations.tables import created, shape

METADATA = {LABELLED: labelled_metadata, API: api_metadata}


def connect(name: str, environ: dict[str, str]) -> Database:
    return Database.connect(name, Settings(Environment.read(environ), Policy()))


@pytest.mark.parametrize("name", [LABELLED, API])
def test_gives_the_tables_of_the_schema(
    name: str, any_database_environ: dict[str, str], tmp_path: Path
) -> None:
    migrated = connect(name, any_database_environ)
    upgrade(migrated)
    # Beside it, in an empty database of the same server.
    metadata: MetaData = METADATA[name]
    if "MYSQL_HOST" in any_database_environ:
        other = API if name == LABELLED else LABELLED
        plain = connect(other, any_database_environ)
    else:
        plain = connect(name, {"IARGUS_VAR": str(tmp_path / "plain")})

    plain.make_file()
    assert shape(migrated.engine) == created(plain.engine, metadata)


@pytest.mark.parametrize("name", [LABELLED, API])
def test_an_upgrade_may_be_repeated(name: str, any_database_environ: dict[str, str]) -> None:
    database = connect(name, any_database_environ)
    with pytest.raises(SchemaMissing, match="iargus db upgrade"):
        check_schema(database)

    upgrade(database)
    upgrade(database)

    check_schema(database)


def test_rows_outlast_a_second_upgrade(any_database_environ: dict[str, str]) -> None:
    database = connect(LABELLED, any_database_environ)
    upgrade(database)
    with database.transaction() as connection:
        connection.execute(
            insert(job_lock).values(name="x", holder="y", taken_at=datetime(2026, 1, 1))
        )

    upgrade(database)

    with database.transaction() as connection:
        assert connection.execute(select(job_lock.c.holder)).scalars().all() == ["y"]


def test_an_upgrade_that_crashed_is_continued(any_database_environ: dict[str, str]) -> None:
    # On MySQL a CREATE TABLE cannot be rolled back: some tables are there, and no revision.
    database = connect(LABELLED, any_database_environ)
    upgrade(database)
    whole = shape(database.engine)
    with database.transaction() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
        connection.execute(text("DROP TABLE outbox"))

    upgrade(database)

    assert shape(database.engine) == whole
    check_schema(database)


def test_a_newer_version_s_tables_are_left_alone(any_database_environ: dict[str, str]) -> None:
    database = connect(LABELLED, any_database_environ)
    upgrade(database)
    with database.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    for act in (upgrade, check_schema):
        with pytest.raises(SchemaMissing, match="newer version"):
            act(database)


def test_four_processes_upgrade_at_once(any_database_environ: dict[str, str]) -> None:
    code = (
        "import os, sys; from iargus.storage.database import Database;"
        "from iargus.storage.migrate import upgrade, check_schema;"
        "from iargus.settings import Environment, Policy, Settings;"
        "d = Database.connect('iargus', Settings(Environment.read(os.environ), Policy()));"
        "print('ready', flush=True); sys.stdin.readline(); upgrade(d); check_schema(d)"
    )
    clean = {key: value for key, value in os.environ.items() if not key.startswith("MYSQL_")}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            env=clean | any_database_environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()

    results = [(process.communicate(timeout=60), process.returncode) for process in processes]

    assert [code for _, code in results] == [0] * 4, results


def test_an_account_that_may_not_create_is_told_so(
    mariadb_environ: dict[str, str], mariadb_server: MariaDB
) -> None:
    mariadb_server.run(
        "CREATE USER 'test_reader'@'127.0.0.1' IDENTIFIED BY 'x'",
        "GRANT SELECT ON iargus.* TO 'test_reader'@'127.0.0.1'",
    )
    environ = mariadb_environ | {"MYSQL_USER": "test_reader", "MYSQL_PWD": "x"}

    with pytest.raises(DatabaseUnavailable, match="denied"):
        upgrade(connect(LABELLED, environ))
