"""Runs and their mails, on SQLite and on MariaDB."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from iargus.errors import RunLocked
from iargus.mailing.message import Mail
from iargus.mailing.outbox import BACKOFF, Outbox
from iargus.monitoring.job.records import MonitoringRecords, RunRecord
from iargus.monitoring.period import Period
from iargus.monitoring.stats.performance.verdict import State
from iargus.monitoring.view.mail.reasons import Kind
from iargus.settings import Settings
from iargus.storage.database import LABELLED, Database

NOW = datetime(2018, 12, 1, 6, 30, 15)
NOVEMBER, DECEMBER = Period(2018, 11), Period(2018, 12)


@pytest.fixture
def database(any_database_settings: Settings) -> Iterator[Database]:
    database = Database.connect(LABELLED, any_database_settings)
    yield database
    database.dispose()


def run(period: Period = NOVEMBER, task: str = "car_price") -> RunRecord:
    return RunRecord(
        task=task,
        period=period,
        window_start=datetime(2018, 10, 20, 8, 30, 1),
        window_end=period.end,
        finished_at=NOW,
        rows_scored=1_234,
        champion_version="7",
        state=State.BREACH,
        error=0.2412345678901234,
        threshold=0.2,
        challenger_version="8",
        promoted=True,
        facts={"sentence": "größer als 20 % — 🚗", "missing": None, "nested": {"rows": 3}},
    )


def mail(
    period: Period = NOVEMBER, *, text: str = "body", kind: Kind = Kind.BREACH_NOT_FIXED
) -> Mail:
    return Mail(
        message_id=f"<{kind}.{period}@example.org>",
        task="car_price",
        period=str(period),
        kind=kind.value,
        subject="Zu teuer 🚗",
        body_text=text,
        body_html="<p>body</p>" * 20_000,
        picture=bytes(range(256)) * 400,  # more than the 64 KB of a plain BLOB
    )


def test_what_is_written_is_read_again(database: Database) -> None:
    records = MonitoringRecords(database)
    assert records.newest("car_price") is None
    assert records.write(run(), None) is False
    assert records.newest("car_price") == run()
    insufficient = replace(
        run(DECEMBER), state=State.INSUFFICIENT, error=None, challenger_version=None, promoted=False
    )
    records.write(insufficient, None)
    assert records.newest("car_price") == insufficient
    assert list(records.history("car_price")) == [insufficient, run()]
    assert list(records.history("car_price", limit=1)) == [insufficient]
    assert records.newest("intent") is None


def test_the_newest_is_the_latest_month_and_not_the_last_one_written(database: Database) -> None:
    records = MonitoringRecords(database)
    records.write(run(DECEMBER), None)
    records.write(run(NOVEMBER), None)
    newest = records.newest("car_price")
    assert newest is not None
    assert newest.period == DECEMBER


def test_a_month_is_recorded_once_and_its_mail_with_it(database: Database) -> None:
    records, outbox = MonitoringRecords(database), Outbox(database)
    assert records.write(run(), mail()) is True
    with pytest.raises(RunLocked, match="car_price 2018-11"):
        records.write(run(), mail(DECEMBER))
    [stored] = outbox.pending()
    assert stored.mail == mail()
    assert (stored.created_at, stored.sent_at, stored.attempts) == (NOW, None, 0)


def test_replacing_a_run_replaces_the_mail_that_was_not_sent(database: Database) -> None:
    records, outbox = MonitoringRecords(database), Outbox(database)
    records.write(run(), mail(text="first"))
    records.write(run(DECEMBER), mail(DECEMBER))
    assert records.write(run(), mail(text="second"), replace=True) is True
    assert [stored.mail.body_text for stored in outbox.listed()] == ["second", "body"]
    records.write(run(), None, replace=True)
    assert [stored.mail.period for stored in outbox.pending()] == ["2018-12"]


def test_a_mail_that_was_sent_is_not_queued_again(database: Database) -> None:
    records, outbox = MonitoringRecords(database), Outbox(database)
    records.write(run(), mail())
    outbox.mark_sent(outbox.pending()[0].id, NOW, note="1 of 2 recipients were refused")
    elsewhere = replace(mail(text="second"), message_id="<another@host>")
    assert records.write(run(), elsewhere, replace=True) is False
    [stored] = outbox.listed()
    assert (stored.sent_at, stored.mail.body_text) == (NOW, "body")
    assert stored.last_error == "1 of 2 recipients were refused"


def test_a_mail_is_found_by_its_number(database: Database) -> None:
    records, outbox = MonitoringRecords(database), Outbox(database)
    records.write(run(), replace(mail(), picture=None))
    [stored] = outbox.listed()
    assert outbox.find(stored.id) == stored
    assert stored.mail.picture is None
    assert outbox.find(stored.id + 1) is None


def test_a_failed_run_is_told_once_a_month(database: Database) -> None:
    records, failed = MonitoringRecords(database), Kind.FAILED_RUN
    assert records.failed_before("car_price", NOVEMBER) is False
    assert records.queue(mail(kind=failed), NOW) is True
    assert records.queue(mail(kind=failed, text="the next day"), NOW + timedelta(days=1)) is False
    assert records.queue(mail(DECEMBER, kind=failed), NOW) is True
    texts = [stored.mail.body_text for stored in Outbox(database).listed()]
    assert texts == ["body", "body"]


def test_a_failure_that_nobody_was_told_of_is_not_told_once_the_month_is_recorded(
    database: Database,
) -> None:
    records, failed = MonitoringRecords(database), Kind.FAILED_RUN
    records.queue(mail(kind=failed), NOW)
    records.queue(mail(DECEMBER, kind=failed), NOW)
    # "The month stays due" would be read after it was judged.
    assert records.failed_before("car_price", NOVEMBER) is False
    records.write(run(), None)
    assert [stored.mail.period for stored in Outbox(database).listed()] == [str(DECEMBER)]


def test_a_failed_run_is_told_once_also_when_the_mail_was_sent(database: Database) -> None:
    records, outbox = MonitoringRecords(database), Outbox(database)
    records.queue(mail(kind=Kind.FAILED_RUN), NOW)
    outbox.mark_sent(outbox.pending()[0].id, NOW)
    assert records.queue(mail(kind=Kind.FAILED_RUN), NOW) is False
    assert records.failed_before("car_price", NOVEMBER) is True
    assert records.failed_before("intent", NOVEMBER) is False
    records.write(run(), None)
    assert len(outbox.listed()) == 1


def test_another_mail_about_the_month_is_no_failed_run(database: Database) -> None:
    records = MonitoringRecords(database)
    records.write(run(), mail())
    assert records.failed_before("car_price", NOVEMBER) is False
    assert records.queue(mail(kind=Kind.FAILED_RUN), NOW) is True


def test_a_mail_of_a_faster_process_is_no_error(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = MonitoringRecords(database)
    records.queue(mail(kind=Kind.FAILED_RUN), NOW)
    monkeypatch.setattr("iargus.mailing.outbox.is_queued", lambda *_: False)
    assert records.queue(mail(kind=Kind.FAILED_RUN), NOW) is False
    assert len(Outbox(database).listed()) == 1


def test_failed_attempts_are_counted_and_the_mail_stays(database: Database) -> None:
    records, outbox = MonitoringRecords(database), Outbox(database)
    records.write(run(), mail())
    [stored] = outbox.pending()
    outbox.mark_failed(stored, "x" * 5000, NOW)
    [stored] = outbox.pending()
    assert stored.next_attempt_at == NOW + timedelta(minutes=5)
    outbox.mark_failed(stored, "refused", NOW)
    [stored] = outbox.pending()
    assert (stored.attempts, stored.last_error) == (2, "refused")
    assert stored.next_attempt_at == NOW + timedelta(minutes=10)
    [stored] = outbox.pending()
    assert not stored.is_due(NOW + timedelta(minutes=9))
    assert stored.is_due(NOW + timedelta(minutes=10))
    outbox.mark_sent(stored.id, NOW)
    assert not outbox.pending()
    [stored] = outbox.listed()
    assert (stored.attempts, stored.last_error, stored.next_attempt_at) == (3, None, None)


def test_pauses_double_up_to_half_a_day() -> None:
    pauses = [BACKOFF.delay(attempts) for attempts in (1, 2, 3, 8, 9, 1000)]
    minutes = [pause.total_seconds() / 60 for pause in pauses]
    assert minutes == [5, 10, 20, 640, 720, 720]
