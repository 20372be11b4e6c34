"""Mails that say what happened, and that nothing can be smuggled into."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from datetime import datetime
from html import escape
from html.parser import HTMLParser

import pytest

from iargus.errors import MailNotSent
from iargus.mailing.message import Mail, sender_of
from iargus.monitoring.observed import Observed
from iargus.monitoring.period import Period
from iargus.monitoring.stats.drift.compare import ChangeType
from iargus.monitoring.stats.drift.facts import FeatureFacts
from iargus.monitoring.stats.performance.comparison import Decision
from iargus.monitoring.stats.performance.segments import Worse
from iargus.monitoring.stats.quality.findings import Fault, Finding
from iargus.monitoring.view.mail.alerts import write_alert
from iargus.monitoring.view.mail.reasons import Kind
from iargus.monitoring.view.month_view import MonthView, Status
from iargus.text import printable
from tests.monitoring.view.mail.cases import (
    BREACH,
    DRIFT,
    DRIFTED,
    EVERYTHING,
    FAILED,
    FAULTY,
    HEALTHY,
    INSUFFICIENT,
    MAKE,
    MENDED,
    MISSED,
    NO_CONTEST,
    OF_KIND,
    RETRAINING,
    SUSPECT,
    alert,
    composed,
    settings,
)

# What a category, a label or a server may hold.
HOSTILE = (
    '\r\nBcc: all@example.org\u2028\x00\x1b[31m\u202e\ud800<script>alert("x")</script>\'&🚗{{7*7}}'
)


@pytest.mark.parametrize(
    ("kinds", "outcome", "subject"),
    [
        (
            (Kind.FAILED_RUN,),
            FAILED,
            "Action needed: car_price 2018-11, could not be judged: the MLflow server at "
            "MLFLOW_HOST does not answer",
        ),
        (
            (Kind.BREACH_NOT_FIXED,),
            BREACH,
            "Action needed: car_price 2018-11, error 23.1 % is over 20.0 % after retraining",
        ),
        (
            (Kind.BREACH_NOT_FIXED, Kind.QUALITY, Kind.DRIFT),
            replace(BREACH, observed=EVERYTHING),
            "Action needed: car_price 2018-11, error 23.1 % is over 20.0 % after retraining; bad "
            "data: unit changed (mileage); drift in mileage, make",
        ),
        (
            (Kind.BREACH_NOT_FIXED,),
            NO_CONTEST,
            "Action needed: car_price 2018-11, error 25.4 % is over 20.0 %, and no retraining was "
            "possible",
        ),
        (
            (Kind.QUALITY,),
            replace(HEALTHY, observed=FAULTY),
            "Action needed: car_price 2018-11, bad data: unit changed (mileage) while the error "
            "is within its limit (17.2 %)",
        ),
        (
            (Kind.QUALITY, Kind.SUSPECT),
            replace(SUSPECT, observed=FAULTY),
            "Action needed: car_price 2018-11, error 21.3 % is over 20.0 %, which may be chance; "
            "bad data: unit changed (mileage)",
        ),
        (
            (Kind.ESTIMATE, Kind.DRIFT),
            replace(INSUFFICIENT, observed=EVERYTHING),
            "Review: car_price 2018-11, too few labels to judge, error of probably 26.0 % (limit "
            "20.0 %); drift in mileage, make",
        ),
        (
            (Kind.DRIFT,),
            replace(HEALTHY, observed=DRIFTED),
            "Review: car_price 2018-11, drift in mileage (0.42 σ), make (4.3 % of the rows) while "
            "the error is within its limit (17.2 %)",
        ),
        (
            (Kind.DRIFT, Kind.BREACH_FIXED),
            replace(MENDED, observed=DRIFTED),
            "Review: car_price 2018-11, over the limit (25.4 %) and fixed by retraining: 17.9 % "
            "now; drift in mileage, make",
        ),
        (
            (Kind.SUSPECT,),
            SUSPECT,
            "Review: car_price 2018-11, error 21.3 % is over 20.0 %, which may be chance",
        ),
        (
            (Kind.BREACH_FIXED,),
            MENDED,
            "Information: car_price 2018-11, over the limit (25.4 %) and fixed by retraining: "
            "17.9 % now",
        ),
        (
            (Kind.BREACH_FIXED,),
            replace(MENDED, serving_version="7"),
            "Information: car_price 2018-11, over the limit (25.4 %), within it again on the "
            "newest rows: 17.9 %",
        ),
        (
            (Kind.MISSED_RUN, Kind.RECOVERY),
            MISSED,
            "Information: car_price 2018-11, no run had judged 2018-09, 2018-10: covered now, "
            "error 17.2 %; judged after all, and good",
        ),
        (
            (Kind.RECOVERY,),
            HEALTHY,
            "Information: car_price 2018-11, judged after all, and good: error 17.2 %, limit "
            "20.0 %",
        ),
    ],
)
def test_the_subject_says_what_happened(
    kinds: tuple[Kind, ...], outcome: MonthView, subject: str
) -> None:
    mail = alert(*kinds, about=outcome)
    assert mail.subject == f"[IArgus] {subject}"
    assert mail.kind == kinds[0].value


@pytest.mark.parametrize(
    ("kind", "command"),
    [
        (Kind.FAILED_RUN, "iargus monitor --task car_price --as-of 2018-12-01"),
        (Kind.BREACH_NOT_FIXED, "iargus models promote car_price VERSION"),
        (Kind.QUALITY, "iargus monitor --force --task car_price --as-of 2018-12-01"),
        (Kind.ESTIMATE, "iargus monitor --force --task car_price --as-of 2018-12-01"),
        (Kind.DRIFT, "iargus train car_price"),
        (Kind.SUSPECT, "iargus train car_price"),
        (Kind.BREACH_FIXED, "iargus models rollback car_price"),
        (Kind.MISSED_RUN, "iargus doctor"),
        (Kind.RECOVERY, "asks for nothing"),
    ],
)
def test_every_kind_says_what_to_do(kind: Kind, command: str) -> None:
    mail = alert(kind)
    assert command in mail.body_text.partition("Facts\n")[0]
    assert command in mail.body_html.partition("Facts</h2>")[0]
    assert OF_KIND[kind].sentence in mail.body_text
    assert "None" not in mail.body_text + mail.body_html


@pytest.mark.parametrize(
    "fact",
    [
        *("car_price", "2018-11", "4,520", "25.4 %", "20.0 %", "23.1 %", "26.1 %", "2,104"),
        *("24.5 % to 26.3 %", "33,021", "version 7", "version 8", "12", "p = 0.00012", "211"),
        *("promoted", "tasks.car_price.threshold", "0a1b2c", "reports/car_price/2018-11.html"),
        *(
            "make=ford",
            "39.1 %",
            "0.42 standard",
            "0.10 standard",
            "byd, polestar",
            "2.0 % of the rows",
            "3,021",
        ),
        *(
            "2 of the 9 features",
            "97.3 %",
            "kilometres instead of miles",
            "Repeated rows",
            "26.0 %",
        ),
        *("report.html", "The input of car_price has changed"),
    ],
)
def test_both_bodies_hold_every_fact(fact: str) -> None:
    kinds = (Kind.BREACH_NOT_FIXED, Kind.QUALITY, Kind.DRIFT)
    mail = alert(*kinds, about=replace(BREACH, observed=EVERYTHING))
    assert fact in mail.body_text
    assert fact in mail.body_html


def test_features_that_stayed_are_not_named() -> None:
    assert "year" not in alert(Kind.DRIFT).body_text


def test_a_command_is_given_once() -> None:
    kept = replace(BREACH, serving_version="7", observed=DRIFTED)
    kept = replace(kept, retraining=replace(RETRAINING, decision=Decision.UNDECIDED))
    mail = alert(Kind.BREACH_NOT_FIXED, Kind.DRIFT, about=kept)
    assert mail.body_text.count("iargus train car_price") == 1
    assert "If the change stays, train with rows that hold it, as above." in mail.body_text


def test_rows_that_a_new_champion_has_learned_from_are_warned_of() -> None:
    mail = alert(Kind.QUALITY, Kind.BREACH_FIXED, about=replace(MENDED, observed=FAULTY))
    assert "Version 8, promoted now, has learned from rows of this month" in mail.body_text
    assert "promoted now" not in alert(Kind.QUALITY).body_text


def test_a_mail_without_a_step_says_so() -> None:
    mail = alert(Kind.BREACH_FIXED)
    assert "What you should do\nNothing.\n\nShould version 8 disappoint" in mail.body_text
    assert "<p>Nothing.</p>" in mail.body_html


def test_a_task_of_any_name_is_one_argument_of_a_command() -> None:
    mail = alert(about=replace(BREACH, task="a; rm -rf $HOME\r\n<b>'"))
    command = """iargus models promote 'a; rm -rf $HOME <b>'"'"'' VERSION"""
    assert f"       {command}\n" in mail.body_text
    assert f"<code>{escape(command)}</code>" in mail.body_html.replace("&#34;", "&quot;").replace(
        "&#39;", "&#x27;"
    )


def test_a_recovery_says_what_was_told_before() -> None:
    before = MonthView(
        period=Period(2018, 10),
        status=Status.SUSPECT,
        sentence="Version 7 is <suspect>. Drift: make.",
        error=0.213,
        threshold=0.2,
    )
    mail = write_alert(
        (Kind.RECOVERY,), HEALTHY, settings(), picture=None, before=before, failed_before=True
    )
    assert "good again: error 17.2 %" in mail.subject
    # What was told of the input may hold still.
    assert "- 2018-10: error 21.3 %, over its limit of 20.0 %" in mail.body_text
    assert "- 2018-11: it could not be judged at first." in mail.body_text
    calm = write_alert((Kind.DRIFT,), OF_KIND[Kind.DRIFT], settings(), picture=None, before=before)
    assert "2018-10" not in calm.body_text


def test_a_contest_that_could_not_be_held_is_told() -> None:
    mail = alert(about=replace(NO_CONTEST, run_id=None, report=None))
    assert (
        "for there were no rows to compare models on; version 7 stays the champion."
        in mail.body_text
    )
    assert "Compared" not in mail.body_text
    assert "None" not in mail.body_text + mail.body_html


def test_what_keeps_a_challenger_back_is_told() -> None:
    worse = Worse("make=ford", 500, 0.1, 0.2, 0.001)
    kept = replace(RETRAINING, worse=(worse,), decision=Decision.KEEP)
    mail = alert(about=replace(BREACH, retraining=kept, serving_version="7"))
    assert "make=ford            20.0 % against 10.0 %" in mail.body_text


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("https://ml.example.org:5000/base", "https://ml.example.org:5000/base"),
        ("http://me:hunter2@ml.example.org/?token=hunter2#hunter2", "http://ml.example.org/"),
        ("http://me:hunter2@[::1]:5000", "http://[::1]:5000"),
        ("sqlite:////var/hunter2.db", None),
        ("http://ml.example.org:hunter2", None),
        (None, None),
    ],
)
def test_the_server_s_address_is_shown_without_secrets(uri: str | None, shown: str | None) -> None:
    mail = write_alert((Kind.DRIFT,), OF_KIND[Kind.DRIFT], settings(mlflow=uri), picture=None)
    both = mail.body_text + mail.body_html
    assert "hunter2" not in both
    assert set(re.findall(r"https?://[^\s;<\"]+", both)) == ({shown} if shown else set())


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("picture", [None, b"PNG"])
def test_the_page_is_whole_and_loads_nothing(kind: Kind, picture: bytes | None) -> None:
    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.open: list[str] = []
            self.addresses: list[str] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]
            if tag not in ("meta", "img"):
                self.open.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert self.open.pop() == tag

    reader = Reader()
    page = alert(kind, picture=picture).body_html
    reader.feed(page)
    assert reader.open == []
    assert len(reader.addresses) == (0 if picture is None else 1)
    assert all(address.startswith("cid:") for address in reader.addresses)
    assert re.search(r"https?://|@import|url\(", page) is None
    assert "prefers-color-scheme: dark" in page
    assert "width=device-width" in page
    assert len(page) < 10_000


def hostile(text: str = HOSTILE) -> Mail:
    """Everything that comes from data or servers, as bad and as long as it may be."""
    long = text * 2_000
    changes = tuple(replace(MAKE.changes[0], what=what, names=(long,) * 500) for what in ChangeType)
    features = tuple(
        FeatureFacts(f"{number}{long}", MAKE.kind, True, changes) for number in range(200)
    )
    findings = tuple(Finding(Fault.TYPE_FLIP, f"{n}{long}", 3, 9, long) for n in range(200))
    segments = tuple(replace(EVERYTHING.segments[0], segment=long) for _ in range(200))
    observed = Observed(
        drift=replace(DRIFT, features=features),
        quality=findings,
        serious=findings[::2],
        segments=segments,
        estimate=EVERYTHING.estimate,
    )
    worse = tuple(Worse(long, 500, 0.1, 0.2, 0.001) for _ in range(200))
    outcome = replace(
        BREACH,
        sentence=long,
        missed_periods=tuple(Period(year, 1) for year in range(1900, 2000)),
        retraining=replace(RETRAINING, worse=worse, challenger_version=long, method=long),
        champion_version=long,
        serving_version=long,
        observed=observed,
        run_id=long,
        report=long,
    )
    before = MonthView(status=Status.SUSPECT, sentence=long)
    kinds = tuple(kind for kind in Kind if kind is not Kind.FAILED_RUN)
    return write_alert(
        kinds, outcome, settings(mlflow="http://x/" + "y" * 9_000), picture=None, before=before
    )


@pytest.mark.parametrize("text", [HOSTILE, '"', "🚗", "é ", "\u0301"])
def test_no_data_swells_a_mail(text: str) -> None:
    assert len(composed(hostile(text)).as_bytes()) <= 60_000


def test_hostile_data_stays_text() -> None:
    mail = hostile()
    for body in (mail.body_text, mail.body_html):
        body.encode()
        assert not set(body) & set("\x00\x1b\r\u2028\u202e")
        assert "{{7*7}}" in body
    assert "<script>" not in mail.body_html
    assert "&lt;script&gt;" in mail.body_html
    assert "<script>" in mail.body_text


def test_a_reason_of_any_length_is_cut_in_the_subject() -> None:
    reason = f"Could not be judged: {HOSTILE * 99}"
    mail = alert(Kind.FAILED_RUN, about=replace(FAILED, sentence=reason))
    assert len(mail.subject) <= 200
    assert mail.subject.isprintable()
    assert mail.subject.endswith("…")
    message = read(mail)
    assert message["Subject"] == mail.subject
    assert message["Bcc"] is None


def test_the_message_id_is_the_same_for_the_same_month_of_the_same_installation() -> None:
    again = replace(BREACH, sentence="other words", error=0.3)
    assert alert().message_id == alert(about=again).message_id
    assert alert().message_id.endswith("@example.org>")
    others = {
        alert().message_id,
        alert(about=replace(BREACH, period=Period(2018, 12))).message_id,
        alert(about=replace(BREACH, task="intent")).message_id,
        alert(Kind.DRIFT).message_id,
        write_alert(
            (Kind.BREACH_NOT_FIXED,), BREACH, settings(var="elsewhere"), picture=None
        ).message_id,
    }
    assert len(others) == 5


def read(mail: Mail) -> email.message.EmailMessage:
    raw = composed(mail).as_bytes()
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, email.message.EmailMessage)
    return message


def test_the_message_survives_the_journey() -> None:
    mail = alert(Kind.DRIFT)
    message = read(mail)
    assert message["Subject"] == mail.subject
    assert "σ" in mail.subject
    assert message["Message-ID"] == mail.message_id
    assert message["To"] == "a@x.org, b@x.org"
    assert message["Date"].datetime == datetime.fromisoformat("2018-12-01T06:00:00+00:00")
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize(
    "subject",
    [
        "plain " * 33,
        "drift in mileage (0.42 σ), make (4.3 % of the rows) while the error is within its limit",
        "größe " * 33,
        "价格" * 100,
        "🚗" * 200,
        "x" * 60 + " é " + "y" * 130,
    ],
)
def test_a_subject_arrives_letter_by_letter(subject: str) -> None:
    mail = replace(alert(), subject=f"[IArgus] {subject}".strip())
    assert read(mail)["Subject"] == mail.subject
    raw = composed(mail).as_bytes()
    assert max(map(len, raw.partition(b"From:")[0].splitlines())) <= 78


@pytest.mark.parametrize("field", ["subject", "message_id"])
def test_no_header_can_be_smuggled_in(field: str) -> None:
    text = "x\r\nBcc: everybody@example.org"
    mail = replace(alert(), subject=text) if field == "subject" else None
    mail = mail or replace(alert(), message_id=text)
    with pytest.raises(MailNotSent, match="cannot be written"):
        composed(mail)


def test_a_subject_is_one_line_whatever_the_facts() -> None:
    mail = alert(about=replace(BREACH, task="a\r\nBcc: b@c.d " + "x" * 300))
    assert "\n" not in mail.subject
    assert len(mail.subject) <= 200


def test_text_from_data_is_one_printable_line() -> None:
    assert printable("a\r\n\tb\u2028c\x00d\u202ee\ud800f", 100) == "a b c de\ufffdf"
    assert printable("👩\u200d🔧 é", 100) == "👩\u200d🔧 é"
    assert printable("one two three four", 14) == "one two three…"
    assert printable("x" * 99, 10) == "x" * 9 + "…"
    assert len(printable("🚗" * 10, 10).encode()) <= 20


def test_who_mails_come_from() -> None:
    assert sender_of(settings()) == "monitor@example.org"
    assert sender_of(settings(sender="IArgus <ops@x.org>")) == "IArgus <ops@x.org>"
    assert sender_of(settings(login="apikey")).startswith("iargus@")
    assert sender_of(settings(login=None)).startswith("iargus@")
