"""Talking to the mail server. Nothing is said in the clear that should not be.

Port 465 is spoken with TLS from the first byte, every other port with STARTTLS (RFC 3207,
RFC 8314). The server's certificate and name are verified against the system's authorities, or
those in the file that `SSL_CERT_FILE` names, as everywhere in Python. A server without STARTTLS
is refused, with one exception: a relay on this very host (a loopback address) that wants no
login, since then neither a password nor the message travels over a network.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email.message import EmailMessage

from iargus.errors import MailNotSent, MailRefused
from iargus.mailing.message import without_addresses
from iargus.settings.environment import SmtpServer, is_loopback

SSL_PORTS = (465,)


def send(server: SmtpServer, message: EmailMessage, *, to: Sequence[str], timeout_s: float) -> int:
    """Send one message by a connection of its own; how many of several recipients were refused.

    Args:
        timeout_s: how long each answer of the server may take, in seconds.

    Raises:
        MailRefused: the server refused every recipient for good.
        MailNotSent: the message was not sent; the error says why and holds no address or password.
    """
    with _session(server, timeout_s) as client, _mapped_errors(server):
        return len(client.send_message(message, to_addrs=list(to)))


def check_smtp(server: SmtpServer, timeout_s: float) -> None:
    """Connect, greet, encrypt and log in; send nothing.

    Raises:
        MailNotSent: a mail could not be sent now; the message says why.
    """
    with _session(server, timeout_s) as client, _mapped_errors(server):
        client.noop()


@contextmanager
def _session(server: SmtpServer, timeout_s: float) -> Iterator[smtplib.SMTP]:
    """A connection that is encrypted and logged in."""
    with _mapped_errors(server):
        client = _connect(server, timeout_s)
    try:
        with _mapped_errors(server):
            _log_in(client, server)
        yield client
    finally:
        try:
            client.quit()
        except (OSError, smtplib.SMTPException):
            client.close()


def _connect(server: SmtpServer, timeout_s: float) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.port in SSL_PORTS:
        client: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=timeout_s, context=context
        )
        client.ehlo_or_helo_if_needed()
        return client
    client = smtplib.SMTP(server.host, server.port, timeout=timeout_s)
    try:
        client.ehlo_or_helo_if_needed()
        if client.has_extn("starttls"):
            client.starttls(context=context)
            client.ehlo()
        elif server.login is not None or not is_loopback(server.host):
            raise MailNotSent(
                f"the mail server {_name(server)} offers no STARTTLS; nothing is sent in the clear"
            )
    except BaseException:
        client.close()
        raise
    return client


def _log_in(client: smtplib.SMTP, server: SmtpServer) -> None:
    if server.login is not None:
        password = server.password.get_secret_value() if server.password is not None else ""
        client.login(server.login, password)


@contextmanager
def _mapped_errors(server: SmtpServer) -> Iterator[None]:
    """Turn what smtplib and sockets raise into `MailNotSent`: the one place that distinguishes a
    permanent refusal from a passing failure. Only 5xx to every recipient is permanent (RFC 5321,
    4.2.1): once a person has corrected the settings, a mail can be sent whose login or sender was
    refused."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        codes = sorted({code for code, _ in error.recipients.values()})
        refused = MailRefused if codes[0] >= 500 else MailNotSent
        raise refused(
            f"the mail server {_name(server)} refused all {len(error.recipients)} recipients "
            f"(SMTP {', '.join(map(str, codes))})"
        ) from None
    except smtplib.SMTPAuthenticationError as error:
        raise MailNotSent(
            f"the mail server {_name(server)} refused SMTP_LOGIN and SMTP_PWD "
            f"(SMTP {error.smtp_code})"
        ) from None
    except ssl.SSLCertVerificationError as error:
        raise MailNotSent(
            f"the certificate of the mail server {_name(server)} is not good: "
            f"{error.verify_message}"
        ) from None
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise MailNotSent(f"the mail server {_name(server)}: {_reason(error)}") from None


def _reason(error: Exception) -> str:
    text = str(error) or type(error).__name__
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        text = f"{error.smtp_code} {words}"
    return without_addresses(text)


def _name(server: SmtpServer) -> str:
    return f"{server.host}:{server.port}"
