"""People are told once that their token ends, over a real mail server."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from iargus.auth import expiry_notices
from iargus.auth.expiry_notices import SqlExpiryNotices, notify_all
from iargus.auth.jwt.key_ring import KeyRing
from iargus.auth.keys.service import KeyService
from iargus.auth.keys.store import SqlKeyStore
from iargus.auth.tokens.record import Holder, TokenRecord
from iargus.auth.tokens.store import SqlTokenStore
from iargus.clock import to_naive_utc, utc_now
from iargus.settings import Policy, Settings
from iargus.storage.database import API, LABELLED, Database
from tests.auth.tokens.conftest import StillClock
from tests.auth.tokens.test_key_service import FIRST
from tests.services.smtp_server import LocalMailServer

RING = KeyRing([FIRST])


class Desk:
    """What `iargus token notify-expiry` works with."""

    def __init__(self, settings: Settings, mail: LocalMailServer) -> None:
        environment = settings.environment.model_copy(update={"smtp": mail.settings()})
        self.settings = Settings(environment, Policy())
        self.api, self.labelled = (Database.connect(name, settings) for name in (API, LABELLED))
        self.notices = SqlExpiryNotices(self.api, RING)
        self.clock = StillClock()
        self.mail = mail

    def add(self, number: int, *, ends_in: float, lasts: float = 180, **changed: object) -> None:
        ends = self.clock.now + timedelta(days=ends_in)
        values: dict[str, object] = {
            "holder": Holder("Ada", "King", f"p{number}@example.org"),
            "digest": f"{number:064x}",
            "jti": f"jti-{number}",
            "kid": "env1",
            "created_at": to_naive_utc(ends - timedelta(days=lasts)),
            "expires_at": to_naive_utc(ends),
        }
        SqlTokenStore(self.api).add(TokenRecord(**values | changed))  # type: ignore[arg-type]

    def announce(self) -> tuple[int, int]:
        done = notify_all(self.notices, self.labelled, self.settings, self.clock)
        return done.sent, done.waiting

    def told(self) -> list[str]:
        return sorted(address for each in self.mail.received for address in each.recipients)


@pytest.fixture
def desk(any_database_settings: Settings, mail_server: LocalMailServer) -> Desk:
    return Desk(any_database_settings, mail_server)


def test_each_person_is_told_once(desk: Desk) -> None:
    desk.add(1, ends_in=13)
    desk.add(2, ends_in=15)
    assert desk.announce() == (1, 0)
    assert desk.announce() == (0, 0)
    assert desk.told() == ["p1@example.org"]
    (received,) = desk.mail.received
    assert received.message["Subject"] == "Your token for IArgus ends on 2026-11-14"
    assert received.message["Message-ID"] == "<expiry.jti-1@iargus>"
    for form in ("plain", "html"):
        body = received.message.get_body((form,))
        assert body is not None
        assert "Hello Ada," in body.get_content()
        assert "jti-1" in body.get_content()
    desk.clock.pass_by(days=2)
    assert desk.announce() == (1, 0)
    assert desk.told() == ["p1@example.org", "p2@example.org"]


def test_nobody_is_told_of_a_token_that_does_not_matter_any_more(desk: Desk) -> None:
    desk.add(1, ends_in=5, revoked_at=to_naive_utc(desk.clock.now))
    desk.add(2, ends_in=-1)
    desk.add(3, ends_in=5, lasts=7)  # short from the beginning
    desk.add(4, ends_in=5, kid="gone")
    desk.add(5, ends_in=5)
    desk.add(55, ends_in=150, holder=Holder("Ada", "King", "p5@example.org"))  # has replaced it
    assert desk.announce() == (0, 0)
    desk.add(6, ends_in=5)
    narrower = Holder("Ada", "King", "p6@example.org")
    desk.add(66, ends_in=150, holder=narrower, tasks=("intent",))
    desk.add(67, ends_in=150, holder=narrower, scope="admin", tasks=())
    assert desk.announce() == (1, 0)
    assert desk.told() == ["p6@example.org"], "neither of the others opens what it opens"
    desk.add(7, ends_in=5)
    KeyService(SqlKeyStore(desk.api), RING, clock=desk.clock).retire("env1", now=True)
    assert desk.announce() == (0, 0)


def test_one_that_fails_holds_nobody_up_and_is_tried_again(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="iargus")
    for number in (1, 2):
        desk.add(number, ends_in=number)
    desk.mail.refused.add("p1@example.org")
    assert desk.announce() == (1, 1)
    desk.mail.refused.clear()
    assert desk.announce() == (1, 0)
    assert desk.told() == ["p1@example.org", "p2@example.org"]
    assert "@example.org" not in caplog.text


def test_two_at_once_tell_nobody_twice(desk: Desk) -> None:
    # A lock from before its process began would be that of a dead one.
    desk.clock.now = utc_now()
    for number in range(4):
        desk.add(number, ends_in=3)
    threads = [threading.Thread(target=desk.announce) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    desk.announce()
    assert desk.told() == [f"p{number}@example.org" for number in range(4)]


def test_after_a_crash_between_sending_and_recording_the_mail_is_known_as_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.add(1, ends_in=3)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(desk.notices, "mark", die)
        with pytest.raises(KeyboardInterrupt):
            desk.announce()
    assert desk.announce() == (1, 0)
    first, second = (each.message["Message-ID"] for each in desk.mail.received)
    assert first == second


def test_a_token_that_is_revoked_while_mails_go_out_is_left_out(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.add(1, ends_in=1)
    desk.add(2, ends_in=2)
    send: Callable[..., None] = expiry_notices._send

    def revoking(record: TokenRecord, *others: object) -> None:
        send(record, *others)
        SqlTokenStore(desk.api).revoke("jti-2", to_naive_utc(desk.clock.now))

    monkeypatch.setattr(expiry_notices, "_send", revoking)
    assert desk.announce() == (1, 0)
    assert desk.told() == ["p1@example.org"]


def test_without_a_mail_server_it_says_what_waits(desk: Desk) -> None:
    desk.add(1, ends_in=1)
    environment = desk.settings.environment.model_copy(update={"smtp": None})
    desk.settings = Settings(environment, Policy())
    assert desk.announce() == (0, 1)


def test_an_address_that_cannot_stand_in_a_header_is_refused(desk: Desk) -> None:
    desk.add(1, ends_in=1, holder=Holder("Ada", "King", "a@example.org\r\nBcc: b@example.org"))
    assert desk.announce() == (0, 1)
    assert not desk.mail.received


def test_a_domain_of_other_letters_is_sent_in_ascii(desk: Desk) -> None:
    desk.add(1, ends_in=1, holder=Holder("Ada", "King", "ada@bücher.example.org"))
    assert desk.announce() == (1, 0)
    assert desk.told() == ["ada@xn--bcher-kva.example.org"]


def test_a_name_is_text_in_both_forms(desk: Desk) -> None:
    desk.add(1, ends_in=1, holder=Holder("<b>\nAda", "King", "p1@example.org"))
    desk.announce()
    (received,) = desk.mail.received
    text, html = (received.message.get_body((form,)) for form in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert "Hello <b> Ada," in text.get_content()
    assert "Hello &lt;b&gt; Ada," in html.get_content()
