"""Addresses of people: which are the same mailbox, and which domain they are of. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from iargus.auth.tokens.service import normal_email


@dataclass(frozen=True)
class Address:
    """An address as rules compare it: `local` in lower case, `domain` in its ASCII form, where
    `Bücher.example` and `xn--bcher-kva.example` are one."""

    local: str
    domain: str

    @classmethod
    def parse(cls, text: str) -> Address:
        """
        Raises:
            ValueError: it is no plausible address; the message says why.
        """
        try:
            found = validate_email(text, check_deliverability=False)
        except EmailNotValidError as error:
            raise ValueError(str(error).rstrip(".")) from None
        # Not `casefold`, which would make one mailbox of straße@ and strasse@.
        return cls(found.local_part.lower(), found.ascii_domain.lower())


def mailbox_of(email: str) -> tuple[str, str]:
    """Local part and domain of the mailbox behind an address, in the spelling of the table
    `tokens`: without the tag that many servers let everybody add (`ada+work@` is `ada@`)."""
    local, _, domain = normal_email(email).rpartition("@")
    untagged = local.partition("+")[0]
    return untagged or local, domain


def person_of(email: str) -> str:
    """A digest, 64 characters, that is the same for all addresses of one mailbox."""
    return hashlib.sha256("@".join(mailbox_of(email)).encode()).hexdigest()


def for_envelope(email: str) -> str:
    """The address as mail servers take it: the domain in ASCII, the local part as it was typed."""
    found = validate_email(email, check_deliverability=False)
    return found.ascii_email or f"{found.local_part}@{found.ascii_domain}"
