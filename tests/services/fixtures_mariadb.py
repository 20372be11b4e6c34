"""Databases for tests: a real MariaDB that the session shares, and SQLite files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from iargus.settings import Environment, Policy, Settings
from iargus.storage.database import API, LABELLED, Database
from iargus.storage.migrate import upgrade
from tests.services.external_mysql import PREFIX, ExternalMySQL
from tests.services.mariadb import MariaDB
from tests.services.own_mariadb import own_mariadb


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[MariaDB]:
    """One server for the session; `mariadb_environ` empties it for each test.

    IARGUS_TEST_MYSQL_HOST names one that is there already, such as MySQL 8 in a container.
    """
    if os.environ.get(f"{PREFIX}HOST"):
        yield ExternalMySQL(os.environ)
        return
    with own_mariadb() as server:
        yield server


@pytest.fixture
def mariadb_environ(mariadb_server: MariaDB) -> dict[str, str]:
    """The MYSQL_* variables of a server with two empty databases and root's account only."""
    mariadb_server.reset()
    return mariadb_server.environ()


@pytest.fixture
def sqlite_settings(tmp_path: Path) -> Settings:
    """Settings with SQLite files, without tables."""
    return Settings(Environment(var_dir=tmp_path / "var"), Policy())


@pytest.fixture(params=["sqlite", "mariadb"])
def any_database_environ(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """The variables for SQLite files, then for MariaDB; without tables."""
    found: dict[str, str] = {"IARGUS_VAR": str(tmp_path / "var")}
    if request.param == "mariadb":
        found |= request.getfixturevalue("mariadb_environ")
    return found


@pytest.fixture
def any_database_settings(any_database_environ: dict[str, str]) -> Settings:
    """Settings with SQLite files, then with MariaDB; both databases have their tables."""
    settings = Settings(Environment.read(any_database_environ), Policy())
    for name in (LABELLED, API):
        database = Database.connect(name, settings)
        upgrade(database)
        database.dispose()
    return settings
