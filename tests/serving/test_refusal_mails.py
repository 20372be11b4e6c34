"""A refused version is mailed once, by the host that refused it, however often it is met."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from iargus.serving.sync.refusal_mails import RefusalMails
from iargus.serving.sync.refusals import Refusal
from iargus.settings import Environment, Policy, Settings
from iargus.settings.environment import SmtpServer
from tests.services.smtp_server import LOGIN, LocalMailServer

SEVEN = Refusal("car_price", "7", "it is not signed", "6")


@pytest.fixture
def settings(mail_server: LocalMailServer, tmp_path: Path) -> Settings:
    return of(tmp_path, mail_server.settings())


def of(tmp_path: Path, smtp: SmtpServer | None) -> Settings:
    (tmp_path / "var").mkdir(exist_ok=True)
    uri = "http://writer:secret@mlflow.example.org:5000"
    return Settings(Environment(var_dir=tmp_path / "var", smtp=smtp, mlflow_uri=uri), Policy())


@contextmanager
def running(settings: Settings, *refusals: Refusal) -> Iterator[RefusalMails]:
    mails = RefusalMails(settings, host="api-1", first_pause_s=0.05)
    mails.start()
    try:
        for refusal in refusals:
            mails.add(refusal)
        yield mails
    finally:
        mails.stop()


def wait_for(condition: Callable[[], object]) -> None:
    deadline_s = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline_s
        time.sleep(0.01)


def told(settings: Settings) -> list[str]:
    path = settings.var_dir / "refusals.json"
    return list(json.loads(path.read_text())) if path.exists() else []


def test_the_mail_says_what_why_what_serves_and_what_to_do(
    settings: Settings, mail_server: LocalMailServer
) -> None:
    with running(settings, SEVEN):
        wait_for(lambda: mail_server.received)
    (received,) = mail_server.received
    assert (received.encrypted, received.logged_in) == (True, True)
    message = received.message
    assert message["From"] == LOGIN
    assert message["Subject"] == (
        "[IArgus] Action needed: car_price version 7 is refused, and version 6 goes on serving"
    )
    for kind in ("plain", "html"):
        body = message.get_body((kind,))
        assert body is not None
        text = body.get_content()
        for words in (
            "it is not signed",
            "iargus models rollback car_price",
            "iargus models sign car_price 7",
            "api-1",
            "Sent by the sync process of IArgus",
            "http://mlflow.example.org:5000",
            "What the host did",
        ):
            assert words in text, words
        assert "secret" not in text
        assert "monthly run" not in text


def test_it_comes_once_and_again_for_another_reason(
    settings: Settings, mail_server: LocalMailServer
) -> None:
    other = replace(SEVEN, reason="its signature is not that of this version")
    with running(settings, SEVEN, SEVEN):
        wait_for(lambda: len(told(settings)) == 1)
    # A restart, on which the same refusal is met again.
    with running(settings, SEVEN, replace(SEVEN, serving="5"), other):
        wait_for(lambda: len(told(settings)) == 2)
    assert len(mail_server.received) == 2
    assert len({received.message["Message-ID"] for received in mail_server.received}) == 2


def test_a_mail_that_fails_comes_when_the_server_is_back(
    settings: Settings, mail_server: LocalMailServer, caplog: pytest.LogCaptureFixture
) -> None:
    mail_server.answer_to_data = "451 later"
    with running(settings, SEVEN):
        wait_for(lambda: "was not sent and waits" in caplog.text)
        assert told(settings) == []
        mail_server.answer_to_data = "250 OK"
        wait_for(lambda: told(settings))
    assert len(mail_server.received) == 1


def test_without_a_mail_server_the_log_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = of(tmp_path, None)
    with running(settings, SEVEN):
        wait_for(lambda: "SMTP_SERVER is not set" in caplog.text)
    assert told(settings) == []


def test_who_makes_versions_without_end_makes_no_mails_without_end(
    settings: Settings, mail_server: LocalMailServer, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        caplog.at_level(logging.ERROR),
        running(settings, *(replace(SEVEN, version=str(number)) for number in range(22))),
    ):
        wait_for(lambda: "version 21 is refused: 20 were sent today" in caplog.text)
    assert len(mail_server.received) == 20


def test_an_attackers_words_stay_one_line_of_text(
    settings: Settings, mail_server: LocalMailServer
) -> None:
    with running(settings, replace(SEVEN, reason="x\r\nBcc: all@example.org\n<b>y</b>" * 100)):
        wait_for(lambda: mail_server.received)
    (received,) = mail_server.received
    assert received.recipients == ("ops@example.org",)
    assert received.message["Bcc"] is None
    html = received.message.get_body(("html",))
    assert html is not None
    assert "<b>y" not in html.get_content()
