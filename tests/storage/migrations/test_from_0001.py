"""From revision 0001 of the labelled database to the newest: what is there stays, and is used."""

from __future__ import annotations

from datetime import datetime

import pytest
from alembic import command
from sqlalchemy import text

from iargus.errors import SchemaMissing
from iargus.mailing.outbox import Outbox
from iargus.monitoring.job.records import MonitoringRecords
from iargus.settings import Environment, Policy, Settings
from iargus.storage.database import LABELLED, Database
from iargus.storage.migrate import _config, check_schema, upgrade
from tests.storage.migrations.tables import shape

NOW = datetime(2026, 3, 1, 6, 30)


@pytest.fixture
def at_0001(any_database_environ: dict[str, str]) -> Database:
    """A run and a mail that waits, as the version before wrote them."""
    database = Database.connect(
        LABELLED, Settings(Environment.read(any_database_environ), Policy())
    )
    database.make_file()
    config = _config(database)
    with database.transaction() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    with database.transaction() as connection:
        connection.execute(
            text(
                "INSERT INTO outbox (message_id, task, period, kind, subject, body_text, body_html,"
                " created_at, attempts) VALUES ('<1@x>', 'rent', '2026-02', 'breach_not_mended',"
                " 'Größer 🚗', 'text', '<p>', :now, 3)"
            ),
            {"now": f"{NOW:%Y-%m-%d %H:%M:%S}"},
        )
        connection.execute(
            text(
                "INSERT INTO monitoring_runs (task, period, window_end, finished_at, rows_scored,"
                " champion_version, state, error, threshold, promoted, facts) VALUES ('rent',"
                " '2026-02', :now, :now, 100, '1', 'healthy', 0.1, 0.2, 0, '{\"a\": 1}')"
            ),
            {"now": f"{NOW:%Y-%m-%d %H:%M:%S}"},
        )
    return database


def test_rows_outlast_the_upgrade(at_0001: Database) -> None:
    with pytest.raises(SchemaMissing, match="is at revision 0001"):
        check_schema(at_0001)

    upgrade(at_0001)

    check_schema(at_0001)
    [mail] = Outbox(at_0001).pending()
    assert mail.is_due(NOW)
    assert (mail.mail.subject, mail.attempts, mail.next_attempt_at) == ("Größer 🚗", 3, None)
    record = MonitoringRecords(at_0001).newest("rent")
    assert record is not None
    assert (record.rows_scored, record.facts) == (100, {"a": 1})


def test_an_upgrade_that_crashed_half_way_is_continued(at_0001: Database) -> None:
    # On MySQL what an upgrade has changed stays, although its revision was not written.
    upgrade(at_0001)
    whole = shape(at_0001.engine)
    with at_0001.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        connection.execute(text("DROP TABLE monitoring_steps"))

    upgrade(at_0001)

    assert shape(at_0001.engine) == whole
    assert len(Outbox(at_0001).pending()) == 1
