"""Sending by a real mail server on this machine."""

from __future__ import annotations

import socket
from email.message import EmailMessage

import pytest

from iargus.errors import MailNotSent, MailRefused
from iargus.mailing import smtp
from iargus.settings.environment import SmtpServer, is_loopback
from tests.services.fixtures_smtp import StartMailServer
from tests.services.smtp_server import LOGIN, LocalMailServer, Mode

TIMEOUT_S = 5.0


def message(subject: str = "hello") -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = subject, LOGIN, "ops@example.org"
    mail.set_content("body")
    return mail


def send(server: SmtpServer) -> int:
    return smtp.send(server, message(), to=server.recipients, timeout_s=TIMEOUT_S)


@pytest.mark.parametrize("mode", ["starttls", "ssl"])
def test_sends_encrypted_to_every_recipient(
    mode: Mode, start_mail_server: StartMailServer, trusted: None
) -> None:
    server = start_mail_server(mode)
    assert send(server.settings("a@example.org", "b@example.org")) == 0
    [received] = server.received
    assert received.encrypted
    assert received.logged_in
    assert received.recipients == ("a@example.org", "b@example.org")


@pytest.mark.parametrize("mode", ["starttls", "ssl"])
def test_a_certificate_of_an_unknown_authority_is_refused(
    mode: Mode, start_mail_server: StartMailServer
) -> None:
    server = start_mail_server(mode)
    with pytest.raises(MailNotSent, match="certificate of the mail server"):
        send(server.settings())
    assert not server.received


def test_a_certificate_of_another_name_is_refused(mail_server: LocalMailServer) -> None:
    elsewhere = mail_server.settings().model_copy(update={"host": "127.0.0.2"})
    mail_server.stop()
    mail_server.host = "127.0.0.2"
    mail_server.start()
    with pytest.raises(MailNotSent, match="certificate"):
        smtp.check_smtp(elsewhere.model_copy(update={"port": mail_server.port}), TIMEOUT_S)


def test_a_wrong_password_is_named_and_not_shown(mail_server: LocalMailServer) -> None:
    with pytest.raises(MailNotSent, match="SMTP_LOGIN and SMTP_PWD") as caught:
        send(mail_server.settings(password="hunter2-wrong"))
    assert "hunter2" not in str(caught.value)
    assert LOGIN not in str(caught.value)


def test_refused_recipients_are_counted_and_not_named(mail_server: LocalMailServer) -> None:
    mail_server.refused = {"gone@example.org"}
    assert send(mail_server.settings("gone@example.org", "ops@example.org")) == 1
    with pytest.raises(MailNotSent, match=r"refused all 1 recipients \(SMTP 550\)") as caught:
        send(mail_server.settings("gone@example.org"))
    assert "gone@" not in str(caught.value)


@pytest.mark.parametrize(
    ("refused", "deferred", "is_final"),
    [
        (("a@example.org", "b@example.org"), (), True),
        (("a@example.org",), ("b@example.org",), False),
        ((), ("a@example.org", "b@example.org"), False),
    ],
)
def test_only_a_refusal_of_every_recipient_by_5xx_is_final(
    mail_server: LocalMailServer,
    refused: tuple[str, ...],
    deferred: tuple[str, ...],
    is_final: bool,
) -> None:
    mail_server.refused, mail_server.deferred = set(refused), set(deferred)
    with pytest.raises(MailNotSent) as caught:
        send(mail_server.settings("a@example.org", "b@example.org"))
    assert isinstance(caught.value, MailRefused) is is_final


@pytest.mark.parametrize("code", [451, 554])
def test_a_refusal_of_the_message_or_of_the_login_is_not_final(
    mail_server: LocalMailServer, code: int
) -> None:
    mail_server.answer_to_data = f"{code} no"
    for server in (mail_server.settings(), mail_server.settings(password="wrong")):
        with pytest.raises(MailNotSent) as caught:
            send(server)
        assert not isinstance(caught.value, MailRefused)


def test_what_the_server_says_is_passed_on_without_addresses(
    mail_server: LocalMailServer,
) -> None:
    mail_server.answer_to_data = "554 5.7.1 ops@example.org looks like spam"
    with pytest.raises(MailNotSent, match=r"554 5\.7\.1 <address> looks like spam"):
        send(mail_server.settings())


def test_without_starttls_only_a_relay_on_this_host_without_login_is_used(
    start_mail_server: StartMailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = start_mail_server("plain")
    assert send(server.settings()) == 0
    with_login = server.settings().model_copy(update={"login": LOGIN})
    with pytest.raises(MailNotSent, match="offers no STARTTLS"):
        send(with_login)
    monkeypatch.setattr(smtp, "is_loopback", lambda host: False)
    with pytest.raises(MailNotSent, match="offers no STARTTLS"):
        send(server.settings())
    assert len(server.received) == 1


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("10.0.0.1", False),
        ("mail.example.org", False),
        ("localhost.example.org", False),
    ],
)
def test_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_a_closed_port_is_an_outage() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        server = SmtpServer(
            host="127.0.0.1", port=unused.getsockname()[1], recipients=("a@example.org",)
        )
        with pytest.raises(MailNotSent, match="refused"):
            smtp.check_smtp(server, TIMEOUT_S)


def test_a_silent_server_is_an_outage() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = SmtpServer(
            host="127.0.0.1", port=silent.getsockname()[1], recipients=("a@example.org",)
        )
        with pytest.raises(MailNotSent, match="timed out"):
            smtp.check_smtp(server, 0.2)


def test_checking_sends_nothing(mail_server: LocalMailServer) -> None:
    smtp.check_smtp(mail_server.settings(), TIMEOUT_S)
    assert not mail_server.received
