"""From revision 0002 of the labelled database: mails get room for a picture, and none is lost."""

from __future__ import annotations

from dataclasses import replace
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
MAILS = (
    "INSERT INTO outbox (message_id, task, period, kind, subject, body_text, body_html, created_at,"
    " sent_at, attempts, next_attempt_at) VALUES"
    " ('<1@x>', 'rent', '2026-01', 'breach_not_mended', 'a', 'b', '<p>', :now, :now, 1, NULL),"
    " ('<2@x>', 'rent', '2026-02', 'breach_not_mended', 'Größer 🚗', 'b', '<p>', :now, NULL, 3,"
    " :now)"
)


@pytest.fixture
def at_0002(any_database_environ: dict[str, str]) -> Database:
    """A mail that was sent and one that waits, as the version before wrote them."""
    database = Database.connect(
        LABELLED, Settings(Environment.read(any_database_environ), Policy())
    )
    database.make_file()
    config = _config(database)
    with database.transaction() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
    with database.transaction() as connection:
        connection.execute(text(MAILS), {"now": f"{NOW:%Y-%m-%d %H:%M:%S}"})
    return database


def test_mails_outlast_the_upgrade(at_0002: Database) -> None:
    with pytest.raises(SchemaMissing, match="is at revision 0002"):
        check_schema(at_0002)

    upgrade(at_0002)

    check_schema(at_0002)
    outbox = Outbox(at_0002)
    waiting, sent = outbox.listed()
    assert (waiting.mail.subject, waiting.attempts, waiting.next_attempt_at) == (
        "Größer 🚗",
        3,
        NOW,
    )
    assert (waiting.mail.picture, waiting.sent_at, sent.sent_at) == (None, None, NOW)
    assert list(outbox.pending()) == [waiting]
    assert waiting.is_due(NOW)


def test_a_mail_with_a_picture_follows(at_0002: Database) -> None:
    upgrade(at_0002)
    outbox = Outbox(at_0002)
    old = outbox.listed()[0].mail
    new = replace(old, message_id="<3@x>", kind="drift", picture=b"\x00PNG\xff" * 20_000)

    assert MonitoringRecords(at_0002).queue(new, NOW)

    assert outbox.listed()[0].mail == new


def test_the_version_before_goes_on_adding_mails(at_0002: Database) -> None:
    upgrade(at_0002)
    with at_0002.transaction() as connection:
        statement = MAILS.replace("<1@x>", "<4@x>").replace("<2@x>", "<5@x>")
        connection.execute(text(statement), {"now": f"{NOW:%Y-%m-%d %H:%M:%S}"})
    assert len(Outbox(at_0002).listed()) == 4


def test_an_upgrade_that_crashed_half_way_is_continued(at_0002: Database) -> None:
    # On MySQL what an upgrade has changed stays, although its revision was not written.
    upgrade(at_0002)
    whole = shape(at_0002.engine)
    with at_0002.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0002'"))

    upgrade(at_0002)

    assert shape(at_0002.engine) == whole
    assert len(Outbox(at_0002).pending()) == 1
