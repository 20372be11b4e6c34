"""Brings a database to the tables of this version, with Alembic; forwards only.

A new revision: change `iargus/storage/schema.py`, write the next file in `migrations/*/versions`
(`alembic.command.revision` has a template there), and change `db_creation.sql`; a test compares
all three.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from iargus.errors import SchemaMissing
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
    dialect = database.dialect
    with dialect.upgrade_lock(database, LOCK_TIMEOUT_S), database.transaction() as connection:
        dialect.begin_upgrade(connection)
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
