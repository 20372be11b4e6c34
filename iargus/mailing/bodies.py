"""The body of a message: plain text, and the same in HTML."""

from __future__ import annotations

from email.message import EmailMessage


def set_bodies(message: EmailMessage, *, text: str, html: str) -> None:
    """Give a message its text and its HTML; mail programs show the one that they prefer."""
    message.set_content(text, cte=_encoding(text))
    message.add_alternative(html, subtype="html", cte=_encoding(html))


def _encoding(body: str) -> str:
    """The shorter one. Python looks at the first ten lines only, and names come later."""
    beyond_ascii = sum(2 for char in body.encode() if char > 127)
    return "base64" if beyond_ascii > len(body.encode()) / 3 else "quoted-printable"
