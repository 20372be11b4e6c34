"""Mails with links by a real mail server."""

from __future__ import annotations

import logging
import re
import threading
from dataclasses import replace
from typing import Any

import pytest

from iargus.auth.issuing.composition import Issuing
from iargus.auth.issuing.delivery import ConfirmationSender
from iargus.auth.issuing.queue import ConfirmationQueue
from iargus.auth.jwt.key_ring import KeyRing
from iargus.auth.tokens.record import Holder
from iargus.storage.database import Database
from tests.auth.issuing.conftest import (
    ADA,
    CONFIRM,
    issuing_with,
    on_both_databases,
    service,
    settings_with,
)
from tests.auth.issuing.test_limited import all_at_once
from tests.auth.tokens.conftest import StillClock
from tests.services.smtp_server import LocalMailServer


class World:
    """One service in the mode `confirm`, with a mail server."""

    def __init__(
        self,
        database: Database,
        ring: KeyRing,
        clock: StillClock,
        mail_server: LocalMailServer,
        **changed: Any,
    ) -> None:
        smtp, policy = mail_server.settings(), CONFIRM | changed
        self.issuing: Issuing = issuing_with(database, ring, clock, smtp=smtp, **policy)
        self.sender = ConfirmationSender(
            ConfirmationQueue(database), settings_with(smtp, **policy), clock
        )

    def ask(self, email: str = ADA.email) -> None:
        assert self.issuing.issuer.ask(replace(ADA, email=email), invitation=None) is None

    def deliver(self) -> None:
        while self.sender.deliver_one():
            pass


@pytest.fixture
def world(
    database: Database, ring: KeyRing, clock: StillClock, mail_server: LocalMailServer
) -> World:
    return World(database, ring, clock, mail_server)


def link_in(text: str) -> str:
    found = re.findall(r"https://api\.example\.com/get_token/([0-9a-f]{64})\b", text)
    assert len(set(found)) == 1, text
    return str(found[0])


def test_the_mail_says_the_link_and_nothing_of_who_asked(
    world: World, mail_server: LocalMailServer
) -> None:
    spam = Holder("Buy https://evil.example", "now", "Ada+x@bücher.example.com")
    world.issuing.issuer.ask(spam, invitation=None)
    world.deliver()

    [received] = mail_server.received
    assert received.encrypted
    assert received.recipients == ("Ada+x@xn--bcher-kva.example.com",)
    message = received.message
    assert message["To"] == "Ada+x@xn--bcher-kva.example.com"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Subject"] == "Your token: confirm that this address is yours"
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    link = link_in(text.get_content())
    assert link_in(html.get_content()) == link
    for body in (text.get_content(), html.get_content()):
        assert "evil" not in body
        assert "30 minutes" in body
        assert set(re.findall(r"https?://[^/\"\s]+", body)) == {"https://api.example.com"}
    assert world.issuing.confirmer is not None
    assert world.issuing.confirmer.redeem(link).token


@on_both_databases
def test_workers_that_deliver_at_once_send_one_mail(
    world: World, mail_server: LocalMailServer
) -> None:
    for number in range(3):
        world.ask(f"person{number}@example.com")

    all_at_once(4, lambda _: world.deliver())

    recipients = sorted(received.recipients[0] for received in mail_server.received)
    assert recipients == [f"person{number}@example.com" for number in range(3)]


def test_a_mail_server_that_is_away_is_tried_again(
    world: World, mail_server: LocalMailServer, clock: StillClock
) -> None:
    mail_server.stop()
    world.ask()
    world.deliver()
    mail_server.start()
    world.deliver()
    assert not mail_server.received
    clock.pass_by(seconds=30)
    world.deliver()
    world.deliver()
    assert len(mail_server.received) == 1


def test_an_address_that_is_refused_for_good_is_not_tried_again_and_costs_no_mail(
    world: World, mail_server: LocalMailServer, clock: StillClock
) -> None:
    mail_server.refused = {ADA.email}
    for _ in range(4):  # one more than issuing.mails_per_hour
        world.ask()
    world.deliver()
    mail_server.refused.clear()
    clock.pass_by(minutes=1)
    world.deliver()
    assert not mail_server.received
    world.ask()
    world.deliver()
    assert len(mail_server.received) == 1


def test_an_address_that_is_deferred_is_tried_again(
    world: World, mail_server: LocalMailServer, clock: StillClock
) -> None:
    mail_server.deferred = {ADA.email}
    world.ask()
    world.deliver()
    mail_server.deferred.clear()
    clock.pass_by(minutes=1)
    world.deliver()
    assert len(mail_server.received) == 1


def test_a_worker_that_was_killed_costs_a_second_mail_at_most(
    world: World, mail_server: LocalMailServer, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    world.ask()
    with monkeypatch.context() as patched:
        patched.setattr(ConfirmationQueue, "mark_sent", killed)
        for _ in range(3):
            with pytest.raises(KeyboardInterrupt):
                world.deliver()
            clock.pass_by(minutes=6)
            if len(mail_server.received) == 2:
                break
    world.deliver()
    assert len(mail_server.received) == 2


@pytest.mark.parametrize(
    ("email", "mailed"),
    [("ada@example.com", True), ("ada@example.org", False)],
)
def test_only_addresses_of_the_list_get_a_mail(
    database: Database,
    ring: KeyRing,
    clock: StillClock,
    mail_server: LocalMailServer,
    email: str,
    mailed: bool,
) -> None:
    world = World(database, ring, clock, mail_server, allow=["example.com"])
    world.ask(email)
    world.deliver()
    assert bool(mail_server.received) is mailed


def test_who_holds_too_many_tokens_gets_no_mail_and_no_other_answer(
    world: World, mail_server: LocalMailServer, database: Database, ring: KeyRing, clock: StillClock
) -> None:
    tokens = service(database, ring, clock)
    for _ in range(5):
        tokens.issue(ADA)
    world.ask()
    world.deliver()
    assert not mail_server.received


def test_the_log_names_nobody(
    world: World, mail_server: LocalMailServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    mail_server.refused = {"gone@example.com"}
    for email in ("ada@example.com", "gone@example.com"):
        world.ask(email)
    world.deliver()
    # The mail server of the tests logs what it hears; that is not ours.
    ours = "\n".join(
        record.getMessage() for record in caplog.records if record.name.startswith("iargus")
    )
    assert "was sent" in ours
    assert "was not sent" in ours
    assert "@" not in ours
    [received] = mail_server.received
    text = received.message.get_body(("plain",))
    assert text is not None
    assert link_in(text.get_content()) not in ours


def test_the_thread_sends_beside_the_requests_and_ends_when_asked(
    world: World, mail_server: LocalMailServer
) -> None:
    (delivery,) = world.issuing.background
    arrived = threading.Event()
    answer = mail_server.handle_DATA

    async def seen(*arguments: Any) -> str:
        said = await answer(*arguments)
        arrived.set()
        return said

    mail_server.handle_DATA = seen  # type: ignore[assignment, method-assign]
    delivery.start()
    try:
        world.ask()
        assert arrived.wait(timeout=30)
    finally:
        delivery.stop()
    assert len(mail_server.received) == 1
