"""Mail servers for tests: with STARTTLS, with TLS from the first byte, and with neither."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from iargus.mailing import smtp
from tests.services.certificates import Certificates, make_certificates
from tests.services.smtp_server import LocalMailServer, Mode

StartMailServer = Callable[[Mode], LocalMailServer]


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def trusted(certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process trust the throw-away authority."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))


@pytest.fixture
def start_mail_server(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> Iterator[StartMailServer]:
    """Start a mail server; all of them are stopped when the test ends."""
    servers: list[LocalMailServer] = []

    def start(mode: Mode) -> LocalMailServer:
        server = LocalMailServer(mode, certificates)
        server.start()
        servers.append(server)
        if mode == "ssl":
            # Port 465 itself belongs to the administrator of the machine.
            monkeypatch.setattr(smtp, "SSL_PORTS", (465, server.port))
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def mail_server(start_mail_server: StartMailServer, trusted: None) -> LocalMailServer:
    """A mail server with STARTTLS and a login, trusted by this process."""
    return start_mail_server("starttls")


@pytest.fixture
def mail_server_ssl(start_mail_server: StartMailServer, trusted: None) -> LocalMailServer:
    """The same with TLS from the first byte."""
    return start_mail_server("ssl")
