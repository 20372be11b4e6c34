"""From a breach to a mail in somebody's inbox."""

from __future__ import annotations

import socket
from dataclasses import replace
from datetime import timedelta

import pytest

from iargus.clock import utc_now
from iargus.mailing.delivery import deliver
from iargus.monitoring.view.month_view import JobResult
from iargus.settings.environment import SmtpServer
from tests.monitoring.conftest import APRIL_1, World, noise_rows
from tests.services.fixtures_smtp import StartMailServer
from tests.services.smtp_server import LOGIN, LocalMailServer, Mode


@pytest.fixture
def breached(world: World) -> World:
    world.add(world.rent, noise_rows(100), month="2026-02")
    return world


@pytest.mark.parametrize("mode", ["starttls", "ssl"])
def test_the_mail_reaches_every_recipient(
    mode: Mode, breached: World, start_mail_server: StartMailServer, trusted: None
) -> None:
    server = start_mail_server(mode)
    world = breached.with_mail(server.settings("one@example.org", "two@example.org"))
    result = world.run()
    assert result.exit_code == 0
    assert result.delivery is not None
    assert (result.delivery.sent, result.delivery.waiting) == (1, 0)
    [received] = server.received
    assert received.recipients == ("one@example.org", "two@example.org")
    assert (received.encrypted, received.logged_in) == (True, True)
    message, name = received.message, world.rent.name
    assert message["From"] == LOGIN == received.sender
    assert message["To"] == "one@example.org, two@example.org"
    assert message["Auto-Submitted"] == "auto-generated"
    assert str(message["Subject"]).startswith(f"[IArgus] Action needed: {name} 2026-02, error ")
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    for body in (text.get_content(), html.get_content()):
        assert result.tasks[0].sentence.split(".")[0] in body
        assert f"iargus train {name}" in body
    [image] = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert f"cid:{str(image['Content-ID']).strip('<>')}" in html.get_content()
    [stored] = world.mails
    assert stored.mail.picture == image.get_payload(decode=True)
    assert stored.mail.message_id == message["Message-ID"]
    assert stored.sent_at is not None
    assert (stored.attempts, stored.last_error) == (1, None)


def test_a_mail_is_not_repeated_by_force(breached: World, mail_server: LocalMailServer) -> None:
    world = breached.with_mail(mail_server.settings())
    world.run()
    again = world.run(force=True)
    assert (again.tasks[0].mail, again.tasks[0].mail_queued) == ("breach_not_mended", False)
    assert len(mail_server.received) == 1


def test_a_mail_that_failed_is_sent_by_the_next_run(
    breached: World, mail_server: LocalMailServer
) -> None:
    world = breached.with_mail(mail_server.settings())
    mail_server.stop()
    first = world.run()
    assert first.delivery is not None
    assert (first.delivery.failed, first.exit_code) == (1, 1)
    assert world.records.newest(world.rent.name) is not None
    [stored] = world.mails
    assert (stored.sent_at, stored.attempts) == (None, 1)
    assert "refused" in (stored.last_error or "")
    mail_server.start()
    at_once = _run_again(world)
    assert at_once.delivery is not None
    assert (at_once.delivery.sent, at_once.delivery.waiting) == (0, 1)
    assert not mail_server.received
    second = _run_again(replace(world, clock=lambda: utc_now() + timedelta(minutes=6)))
    assert second.delivery is not None
    assert (second.delivery.sent, second.exit_code) == (1, 0)
    [received] = mail_server.received
    assert received.message["Message-ID"] == stored.mail.message_id
    assert world.mails[0].attempts == 2


def test_at_once_tries_what_pauses_too(breached: World, mail_server: LocalMailServer) -> None:
    world = breached.with_mail(mail_server.settings())
    mail_server.stop()
    world.run()
    mail_server.start()
    assert deliver(world.database, world.settings, utc_now).waiting == 1
    assert deliver(world.database, world.settings, utc_now, at_once=True).sent == 1


def _run_again(world: World) -> JobResult:
    """Not due: nothing is judged, the outbox is delivered all the same."""
    return world.run()


def test_one_refused_recipient_does_not_keep_the_mail_from_others(
    breached: World, mail_server: LocalMailServer
) -> None:
    mail_server.refused = {"gone@example.org"}
    world = breached.with_mail(mail_server.settings("gone@example.org", "ops@example.org"))
    world.run()
    [received] = mail_server.received
    assert received.recipients == ("ops@example.org",)
    [stored] = world.mails
    assert stored.sent_at is not None
    assert stored.last_error == "1 of 2 recipients were refused"


def test_mails_of_several_months_go_out_in_order(
    breached: World, mail_server: LocalMailServer
) -> None:
    breached.run()
    breached.add(breached.rent, noise_rows(100, seed=3), month="2026-03")
    breached.run(as_of=APRIL_1)
    world = breached.with_mail(mail_server.settings())
    delivery = deliver(world.database, world.settings, utc_now)
    assert delivery.sent == 2
    subjects = [str(received.message["Subject"]) for received in mail_server.received]
    assert ["2026-02" in subjects[0], "2026-03" in subjects[1]] == [True, True]
    assert deliver(world.database, world.settings, utc_now).sent == 0


def test_nothing_waits_and_no_server_is_asked(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = SmtpServer(
            host="127.0.0.1", port=silent.getsockname()[1], recipients=("a@example.org",)
        )
        delivery = deliver(world.database, world.with_mail(server).settings, utc_now)
    assert (delivery.sent, delivery.waiting) == (0, 0)
