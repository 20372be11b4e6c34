"""Brings a database to the tables of this version, with Alembic; forwards only.

A new revision: change `iargus/storage/schema.py`, write the next file in `migrations/*/versions`
(`alembic.command.revision` has a template there), and change `db_creation.sql`; a test compares
all three.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text

from iargus.errors import DatabaseUnavailable, SchemaMissing
from iargus.storage.database import LABELLED, Database

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK_TIMEOUT_S = 120


def upgrade(database: Database) -> None:
    """Create or complete the tables; safe to run again, and by several processes at once.

    Tables that exist already, as an older service made them, get what they lack; no column,
    table or row is dropped.

    Raises:
        DatabaseUnavailable: it cannot be reached, refuses, or another upgrade takes too long.
        SchemaMissing: there is no such database, or a newer version made its tables.
    """
    config = _config(database)
    database.make_file()
    with _turn(database), database.transaction() as connection:
        if connection.dialect.name == "sqlite":
            # DDL alone begins no transaction there; all or nothing.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        if _revision(connection) == _head(config):
            return
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise SchemaMissing(_newer(database)) from error


def check_schema(database: Database) -> None:
    """Make sure that the tables are those of this version.

    Raises:
        SchemaMissing: they are not; the message says what to run.
        DatabaseUnavailable: the database cannot be reached.
    """
    config = _config(database)
    with database.transaction() as connection:
        revision = _revision(connection)
    if revision == _head(config):
        return
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise SchemaMissing(_newer(database))
    state = "has no tables of this version" if revision is None else f"is at revision {revision}"
    raise SchemaMissing(
        f"the database {database.name} {state}; run `iargus db upgrade` with an account that "
        "may create tables"
    )


def _config(database: Database) -> Config:
    config = Config()
    folder = "labelled" if database.name == LABELLED else "api"
    config.set_main_option("script_location", str(MIGRATIONS / folder).replace("%", "%%"))
    return config


def _head(config: Config) -> str | None:
    return ScriptDirectory.from_config(config).get_current_head()


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _newer(database: Database) -> str:
    return (
        f"the database {database.name} was made by a newer version of IArgus than this one; "
        "install that version"
    )


@contextmanager
def _turn(database: Database) -> Iterator[None]:
    """One upgrade of a database at a time, over all processes and machines."""
    path = database.file
    if path is None:
        with _server_lock(database):
            yield
    else:
        # Even the first connection writes to an SQLite file (the journal's mode), so this
        # lock is none of SQLite's.
        lock = Path(f"{path}.lock")
        with lock.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


@contextmanager
def _server_lock(database: Database) -> Iterator[None]:
    # On a connection of its own: the lock must outlast the transaction of the upgrade.
    name = {"name": f"iargus.upgrade.{database.name}"}
    wait = {**name, "seconds": LOCK_TIMEOUT_S}
    with database.transaction() as connection:
        if connection.execute(text("SELECT GET_LOCK(:name, :seconds)"), wait).scalar() != 1:
            raise DatabaseUnavailable(
                f"the database {database.name}: another upgrade has held its lock for "
                f"{LOCK_TIMEOUT_S} s"
            )
        try:
            yield
        finally:
            connection.execute(text("SELECT RELEASE_LOCK(:name)"), name)
