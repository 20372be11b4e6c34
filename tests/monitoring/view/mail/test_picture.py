"""The history of the error, drawn and mailed."""

from __future__ import annotations

import struct
from dataclasses import replace
from email.message import EmailMessage

import pytest

from iargus.clock import utc_now
from iargus.mailing.delivery import send_mail
from iargus.mailing.message import as_page, content_id
from iargus.monitoring.job.history import history_picture
from iargus.monitoring.job.records import RunRecord
from iargus.monitoring.period import Period
from iargus.monitoring.stats.performance.verdict import State
from iargus.monitoring.view.mail.picture import Point, draw_history
from iargus.monitoring.view.mail.reasons import Kind
from iargus.monitoring.view.month_view import Status
from tests.monitoring.view.mail.cases import BREACH, HEALTHY, alert, settings
from tests.services.smtp_server import LocalMailServer

STATES = ("healthy", "suspect", "breach", "insufficient", None)
START = b"\x89PNG\r\n\x1a\n"


def points(count: int, *, width: float = 0.02) -> list[Point]:
    month, found = Period(2016, 1), []
    for number in range(count):
        error = 0.15 + 0.003 * number
        state = STATES[number % len(STATES)]
        found.append(Point(month, error, (error - width, error + width), state))
        month = month.next()
    return found


def draw(drawn: list[Point], title: str = "car_price: mean absolute percentage error") -> bytes:
    return draw_history(drawn, threshold=0.2, title=title)


def test_a_picture_is_small_and_the_same_for_the_same_history() -> None:
    picture = draw(points(60))
    assert picture.startswith(START)
    assert struct.unpack(">II", picture[16:24]) == (960, 720)
    assert 5_000 < len(picture) <= 40_000
    assert picture == draw(points(60))


def test_the_last_24_months_are_drawn() -> None:
    assert draw(points(60)) == draw(points(60)[-24:])
    assert draw(points(60)) != draw(points(60)[-23:])


def test_intervals_and_states_are_seen() -> None:
    plain = [replace(point, interval=None) for point in points(5)]
    assert draw(points(5)) != draw(plain)
    assert draw(plain) != draw([replace(point, state="healthy") for point in plain])


@pytest.mark.parametrize(
    "drawn",
    [
        [],
        [Point(Period(2018, 1), 0.0)],
        [Point(Period(2018, 1), float("nan")), Point(Period(2018, 2), float("inf"))],
        [Point(Period(2018, 1), 0.1, (0.0, 1e9), "of another version")],
        [Point(Period(2018, 1), 1e6), Point(Period(2018, 2), 0.1)],
    ],
)
def test_any_history_can_be_drawn(drawn: list[Point]) -> None:
    assert draw(drawn, "$x_{1}$ < 'y' & " + "long " * 40).startswith(START)


def record(period: Period, error: float | None, facts: dict[str, object]) -> RunRecord:
    return RunRecord(
        task="car_price",
        period=period,
        window_start=period.start,
        window_end=period.end,
        finished_at=period.end,
        rows_scored=100,
        champion_version="7",
        state=State.HEALTHY,
        error=error,
        threshold=0.2,
        facts=facts,
    )


def test_the_months_of_the_records_are_points(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Point] = []

    def keep(points: list[Point], *, threshold: float, title: str) -> bytes:
        drawn.extend(points)
        return b""

    monkeypatch.setattr("iargus.monitoring.job.history.draw_history", keep)
    september, october, november = Period(2018, 9), Period(2018, 10), Period(2018, 11)
    history_picture(
        HEALTHY,
        [
            record(november, 0.9, {}),
            record(october, 0.18, {"interval": [0.17, 0.19]}),
            record(september, 0.16, {}),
            record(Period(2018, 8), None, {}),
        ],
    )
    assert drawn == [
        Point(september, 0.16, None, "healthy"),
        Point(october, 0.18, (0.17, 0.19), "healthy"),
        Point(november, 0.172, (0.165, 0.179), "healthy"),
    ]


def test_without_any_error_there_is_no_picture() -> None:
    bare = replace(HEALTHY, status=Status.INSUFFICIENT, error=None)
    assert history_picture(bare, [record(Period(2018, 10), None, {})]) is None


def test_the_picture_arrives_inside_the_html(mail_server: LocalMailServer) -> None:
    picture = draw(points(6))
    mail = alert(Kind.BREACH_NOT_FIXED, about=BREACH, picture=picture)
    send_mail(mail, settings(server=mail_server.settings()), at=utc_now())

    [received] = mail_server.received
    assert received.message.get_content_type() == "multipart/alternative"
    text, related = received.message.iter_parts()
    assert text.get_content_type() == "text/plain"
    assert related.get_content_type() == "multipart/related"
    assert related.get_param("type") == "text/html"
    assert isinstance(related, EmailMessage)
    html, image = related.iter_parts()
    assert html.get_content_type() == "text/html"
    assert (image.get_content_type(), image.get_content_disposition()) == ("image/png", "inline")
    assert image.get_content() == picture
    name = content_id(mail.message_id)
    assert image["Content-ID"] == f"<{name}>"
    assert f'<img src="cid:{name}" alt="Error of car_price by month' in html.get_content()


def test_the_content_id_follows_from_the_message_id() -> None:
    assert content_id("<a@x.org>") == content_id("<a@x.org>")
    assert content_id("<a@x.org>") != content_id("<b@x.org>")


def test_a_page_stands_alone() -> None:
    page = as_page(alert(picture=b"PNG"))
    assert "cid:" not in page
    assert 'src="data:image/png;base64,UE5H"' in page
    assert as_page(alert()) == alert().body_html
