"""A real mail server on this machine that keeps what it receives."""

from __future__ import annotations

import asyncio
import email
import email.policy
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any, Literal

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from iargus.settings.environment import SmtpServer
from tests.services.certificates import Certificates

LOGIN, PASSWORD = "monitor@example.org", "a password with blanks"
Mode = Literal["starttls", "ssl", "plain"]


@dataclass(frozen=True)
class Received:
    """A message and the addresses of its envelope; `encrypted` says whether it came over TLS,
    `logged_in` whether the client had given the password."""

    message: EmailMessage
    sender: str
    recipients: tuple[str, ...]
    encrypted: bool
    logged_in: bool


@dataclass
class LocalMailServer:
    """aiosmtpd. `refused` are addresses that it takes no mail for, and `deferred` those that it
    takes none for now; `answer_to_data` is what it says once it has a message."""

    mode: Mode
    certificates: Certificates
    host: str = "127.0.0.1"
    port: int = 0
    received: list[Received] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    deferred: set[str] = field(default_factory=set)
    answer_to_data: str = "250 OK"
    _controller: _Controller | None = None

    def start(self) -> None:
        """Listen on a free port, or on the same port as before."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificates.certificate, self.certificates.key)
        options: dict[str, Any] = {}
        if self.mode == "starttls":
            options = {"tls_context": context, "require_starttls": True, "auth_required": True}
        elif self.mode == "ssl":
            # Of a connection that was encrypted from the first byte aiosmtpd knows nothing.
            options = {"ssl_context": context, "auth_require_tls": False}
        self._controller = _Controller(
            self, hostname=self.host, port=self.port, authenticator=_authenticate, **options
        )
        self._controller.start()
        self.port = self._controller.port

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def settings(self, *recipients: str, password: str = PASSWORD) -> SmtpServer:
        """How IArgus is told of this server; a plain one wants no login."""
        login = {} if self.mode == "plain" else {"login": LOGIN, "password": password}
        return SmtpServer.model_validate(
            {
                "host": self.host,
                "port": self.port,
                "recipients": recipients or ("ops@example.org",),
                **login,
            }
        )

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return f"550 5.1.1 no such mailbox {address}"
        if address in self.deferred:
            return f"450 4.2.0 greylisted {address}"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answer_to_data.startswith("250"):
            message = email.message_from_bytes(envelope.content, policy=email.policy.default)
            assert isinstance(message, EmailMessage)
            encrypted = session.ssl is not None or self.mode == "ssl"
            self.received.append(
                Received(
                    message,
                    envelope.mail_from,
                    tuple(envelope.rcpt_tos),
                    encrypted,
                    bool(session.authenticated),
                )
            )
        return self.answer_to_data


class _Controller(Controller):
    def _trigger_server(self) -> None:
        # Port 0 asks the system for a free one; now it is known.
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


def _authenticate(server: Any, session: Any, envelope: Any, kind: str, data: Any) -> AuthResult:
    good = LoginPassword(LOGIN.encode(), PASSWORD.encode())
    # Not handled: the server shall answer, not this function.
    return AuthResult(success=data == good, handled=False)
