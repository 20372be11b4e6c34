"""From revision 0003 of the labelled database: rows stay, and imports are listed from now on."""

from __future__ import annotations

import pytest
from alembic import command
from sqlalchemy import text

from iargus.errors import SchemaMissing
from iargus.settings import Environment, Policy, Settings
from iargus.storage.database import LABELLED, Database
from iargus.storage.labelled.imports import Imports
from iargus.storage.labelled.store import LabelledStore
from iargus.storage.migrate import _config, check_schema, upgrade
from iargus.tasks.catalogue import Catalogue
from tests.storage.migrations.tables import shape

INTENT = Catalogue.read(Policy()).get("intent")
ROWS = (
    "INSERT INTO labelled_examples (task, observed_at, payload, label, source, row_key) VALUES"
    """ ('intent', '2026-03-01 06:30:00.000000', '{"text": "hello"}', 'greeting', 'a.csv', 'k')"""
)


@pytest.fixture
def at_0003(any_database_environ: dict[str, str]) -> Database:
    """A row that was imported, as the version before wrote it."""
    database = Database.connect(
        LABELLED, Settings(Environment.read(any_database_environ), Policy())
    )
    database.make_file()
    config = _config(database)
    with database.transaction() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
    with database.transaction() as connection:
        connection.exec_driver_sql(ROWS)
    return database


def test_rows_outlast_the_upgrade_and_belong_to_no_import(at_0003: Database) -> None:
    with pytest.raises(SchemaMissing, match="is at revision 0003"):
        check_schema(at_0003)

    upgrade(at_0003)

    check_schema(at_0003)
    imports = Imports(at_0003)
    assert imports.listed() == []
    assert imports.has_older_rows(INTENT)
    assert imports.known_keys(INTENT, ["k", "l"]) == {"k"}
    assert LabelledStore(INTENT, at_0003).rows()["text"].tolist() == ["hello"]


def test_the_version_before_goes_on_adding_rows(at_0003: Database) -> None:
    upgrade(at_0003)
    with at_0003.transaction() as connection:
        connection.exec_driver_sql(ROWS.replace("'k'", "'l'"))
    assert LabelledStore(INTENT, at_0003).span().count == 2


def test_an_upgrade_that_crashed_half_way_is_continued(at_0003: Database) -> None:
    # On MySQL what an upgrade has changed stays, although its revision was not written.
    upgrade(at_0003)
    whole = shape(at_0003.engine)
    with at_0003.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0003'"))

    upgrade(at_0003)

    assert shape(at_0003.engine) == whole
    assert LabelledStore(INTENT, at_0003).span().count == 1
