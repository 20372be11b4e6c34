"""How the headers of a mail are written down."""

from __future__ import annotations

from email.header import Header
from email.policy import EmailPolicy


class MailPolicy(EmailPolicy):
    """Writes a subject that is not plain ASCII as encoded words from its first letter on
    (RFC 2047). Python encodes single words of it, and where it breaks the line before one, some
    of its versions add a blank."""

    def fold(self, name: str, value: str) -> str:
        if name.lower() != "subject" or str(value).isascii():
            return str(super().fold(name, value))
        words = Header(str(value), "utf-8", header_name=name, maxlinelen=75)
        return f"{name}: {words.encode(linesep=self.linesep)}{self.linesep}"

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() != "subject" or str(value).isascii():
            return bytes(super().fold_binary(name, value))
        return self.fold(name, value).encode("ascii")
