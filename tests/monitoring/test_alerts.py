"""Mails that say what happened, and that nothing can be smuggled into."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from iargus.errors import MailNotSent
from iargus.monitoring.alerts import Kind, write_alert
from iargus.monitoring.comparison import Decision
from iargus.monitoring.message import compose, sender_of
from iargus.monitoring.outbox import Mail, StoredMail
from iargus.monitoring.period import Period
from iargus.monitoring.result import Retraining, Status, TaskOutcome
from iargus.settings import Environment, Policy, Settings
from iargus.settings.environment import SmtpServer
from iargus.settings.policy import MailPolicy

RETRAINING = Retraining(
    cut=datetime(2018, 11, 16),
    learned_rows=33_021,
    holdout_rows=2_104,
    repeated_rows=211,
    champion_error=0.2613,
    challenger_error=0.2307,
    decision=Decision.PROMOTE,
    p_value=0.00012,
    method="paired t, corrected for skewness",
    challenger_version="8",
    serving_error=0.2307,
)
OUTCOME = TaskOutcome(
    task="car_price",
    period=Period(2018, 11),
    status=Status.BREACH,
    sentence="Version 7 is over the limit: error 25.4 % on 4,520 new rows, limit 20.0 %.",
    metric="mape",
    threshold=0.2,
    window_start=datetime(2018, 11, 1),
    window_end=datetime(2018, 12, 1),
    rows=4_520,
    refused_rows=12,
    error=0.254,
    champion_version="7",
    serving_version="8",
    retraining=RETRAINING,
    mail=Kind.BREACH_NOT_MENDED.value,
    run_id="0a1b2c",
)


def settings(
    *, login: str | None = "monitor@example.org", sender: str | None = None, var: str = "var"
) -> Settings:
    server = SmtpServer(host="localhost", login=login, recipients=("a@x.org", "b@x.org"))
    return Settings(
        Environment(var_dir=Path(var), smtp=server), Policy(mail=MailPolicy(sender=sender))
    )


def alert(outcome: TaskOutcome = OUTCOME) -> Mail:
    return write_alert(Kind.BREACH_NOT_MENDED, outcome, settings())


def stored(mail: Mail) -> StoredMail:
    return StoredMail(1, mail, datetime(2018, 12, 1, 6), None, 0, None)


def test_the_subject_says_what_happened() -> None:
    assert alert().subject == (
        "[IArgus] Action needed: car_price 2018-11, error 23.1 % is over 20.0 % after retraining"
    )


@pytest.mark.parametrize(
    "fact",
    [
        "car_price",
        "2018-11",
        "4,520",
        "25.4 %",
        "20.0 %",
        "23.1 %",
        "26.1 %",
        "2,104",
        "33,021",
        "version 7",
        "version 8",
        "12",
        "p = 0.00012",
        "promoted",
        "iargus models promote car_price VERSION",
        "tasks.car_price.threshold",
        "0a1b2c",
    ],
)
def test_both_bodies_hold_every_fact(fact: str) -> None:
    mail = alert()
    assert fact in mail.body_text
    assert fact in mail.body_html


def test_a_contest_that_could_not_be_held_is_told() -> None:
    nothing = replace(
        RETRAINING,
        holdout_rows=0,
        champion_error=None,
        challenger_error=None,
        challenger_version=None,
        decision=Decision.KEEP,
        serving_error=0.254,
    )
    mail = alert(replace(OUTCOME, retraining=nothing, serving_version="7", run_id=None))
    assert "25.4 % is over" in mail.subject
    assert "None" not in mail.body_text + mail.body_html


def test_the_page_is_whole_and_loads_nothing() -> None:
    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.open: list[str] = []
            self.addresses: list[str] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]
            if tag != "meta":
                self.open.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert self.open.pop() == tag

    reader = Reader()
    page = alert().body_html
    reader.feed(page)
    assert (reader.open, reader.addresses) == ([], [])
    assert re.search(r"https?://|@import|url\(", page) is None
    assert "prefers-color-scheme: dark" in page
    assert "width=device-width" in page
    assert len(page) < 10_000


def test_what_comes_from_outside_is_escaped_in_html_alone() -> None:
    mail = alert(replace(OUTCOME, sentence="<script>alert('x')</script> & co"))
    assert "<script>" not in mail.body_html
    assert "&lt;script&gt;" in mail.body_html
    assert "<script>alert('x')</script> & co" in mail.body_text


def test_the_message_id_is_the_same_for_the_same_month_of_the_same_installation() -> None:
    again = replace(OUTCOME, sentence="other words", error=0.3)
    assert alert().message_id == alert(again).message_id
    assert alert().message_id.endswith("@example.org>")
    others = {
        alert().message_id,
        alert(replace(OUTCOME, period=Period(2018, 12))).message_id,
        alert(replace(OUTCOME, task="intent")).message_id,
        write_alert(Kind.BREACH_NOT_MENDED, OUTCOME, settings(var="elsewhere")).message_id,
    }
    assert len(others) == 4


def test_the_message_survives_the_journey() -> None:
    mail = alert()
    message = email.message_from_bytes(
        compose(stored(mail), settings()).as_bytes(), policy=email.policy.default
    )
    assert message["Subject"] == mail.subject
    assert message["Message-ID"] == mail.message_id
    assert message["To"] == "a@x.org, b@x.org"
    assert message["Date"].datetime == datetime.fromisoformat("2018-12-01T06:00:00+00:00")
    assert message.get_content_type() == "multipart/alternative"


@pytest.mark.parametrize("field", ["subject", "message_id"])
def test_no_header_can_be_smuggled_in(field: str) -> None:
    mail = replace(alert(), **{field: "x\r\nBcc: everybody@example.org"})
    with pytest.raises(MailNotSent, match="cannot be written"):
        compose(stored(mail), settings())


def test_a_subject_is_one_line_whatever_the_facts() -> None:
    mail = alert(replace(OUTCOME, task="a\r\nBcc: b@c.d " + "x" * 300))
    assert "\n" not in mail.subject
    assert len(mail.subject) <= 200


def test_who_mails_come_from() -> None:
    assert sender_of(settings()) == "monitor@example.org"
    assert sender_of(settings(sender="IArgus <ops@x.org>")) == "IArgus <ops@x.org>"
    assert sender_of(settings(login="apikey")).startswith("iargus@")
    assert sender_of(settings(login=None)).startswith("iargus@")
