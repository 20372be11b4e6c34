"""Who mails come from."""

from __future__ import annotations

import socket
from email.utils import parseaddr

from iargus.settings import Settings


def sender_of(settings: Settings) -> str:
    """`mail.sender`, else SMTP_LOGIN where that is an address, else iargus@ this host."""
    server = settings.environment.smtp
    login = server.login if server is not None else None
    if settings.policy.mail.sender:
        return settings.policy.mail.sender
    if login is not None and "@" in login:
        return login
    return f"iargus@{socket.gethostname()}"


def domain_of(settings: Settings) -> str:
    """The domain of the sender, which Message-IDs end with."""
    return parseaddr(sender_of(settings))[1].rpartition("@")[2] or "localhost"
