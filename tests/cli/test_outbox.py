"""`iargus outbox`, as a user sees it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from iargus.monitoring.job.records import MonitoringRecords
from iargus.monitoring.view.mail.reasons import Kind
from iargus.settings import Environment, Policy, Settings
from iargus.storage.database import LABELLED, Database
from tests.cli.conftest import Run
from tests.monitoring.view.mail.cases import alert


@pytest.fixture
def queued(run: Run, tmp_path: Path) -> None:
    """Two mails; the second one has a picture."""
    run("db", "upgrade")
    settings = Settings(Environment(var_dir=tmp_path / "var"), Policy())
    records = MonitoringRecords(Database.connect(LABELLED, settings))
    records.queue(alert(Kind.FAILED_RUN), datetime(2018, 12, 1, 6))
    records.queue(alert(Kind.BREACH_NOT_FIXED, picture=b"PNG"), datetime(2018, 12, 1, 7))


@pytest.mark.usefixtures("queued")
def test_the_list_says_in_words_what_mails_are_about(run: Run) -> None:
    listed = run("outbox", "list")
    assert listed.status == 0
    assert "breach not fixed" in listed.out
    assert "failed run" in listed.out


@pytest.mark.usefixtures("queued")
def test_a_mail_is_shown_without_addresses(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_SERVER", "localhost")
    monkeypatch.setenv("SMTP_RECIPIENT", "one@example.org, two@example.org")
    shown = run("outbox", "show", "2")
    assert shown.status == 0
    assert "Subject: [IArgus] Action needed: car_price 2018-11, error 23.1 %" in shown.out
    assert "To: 2 recipients (SMTP_RECIPIENT)" in shown.out
    assert "State: not sent" in shown.out
    assert "iargus models promote car_price VERSION" in shown.out
    assert "@example.org" not in shown.out


@pytest.mark.usefixtures("queued")
def test_the_html_is_written_with_its_picture(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "mail.html"
    shown = run("outbox", "show", "2", "--html", page)
    assert shown.status == 0
    assert str(page) in shown.err
    assert "To: nobody: SMTP_SERVER is not set" in shown.out
    assert 'src="data:image/png;base64,UE5H"' in page.read_text(encoding="utf-8")


@pytest.mark.usefixtures("queued")
def test_a_mail_that_is_not_there_is_wrong_usage(run: Run) -> None:
    shown = run("outbox", "show", "9")
    assert (shown.status, shown.out) == (2, "")
    assert "the outbox has no mail 9" in shown.err
