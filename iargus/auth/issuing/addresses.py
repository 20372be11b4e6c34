"""E-mail addresses: which are the same mailbox, and which an allow-list has. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from iargus.auth.tokens.service import normal_email
from iargus.errors import ConfigurationError, MailNotSent


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
    """The address as mail servers take it: the domain in ASCII, the local part as it was typed.

    Raises:
        MailNotSent: it is no address.
    """
    try:
        found = validate_email(email, check_deliverability=False)
    except EmailNotValidError:
        raise MailNotSent("the address of the holder is not valid") from None
    return found.ascii_email or f"{found.local_part}@{found.ascii_domain}"


_ANY_SUBDOMAIN = "*."


class AllowList:
    """Addresses (`ada@example.com`), domains (`example.com`, and none of its subdomains), and all
    subdomains of one (`*.example.com`, and not the domain itself).

    Upper and lower case are the same, a domain and its ASCII form too. A tag counts: an entry
    `ada@example.com` does not hold `ada+work@example.com`, which may be somebody else's.
    """

    def __init__(self, entries: Iterable[str]) -> None:
        """
        Raises:
            ConfigurationError: an entry is none of the three; the message names it.
        """
        self._addresses: set[Address] = set()
        self._domains: set[str] = set()
        self._parents: tuple[str, ...] = ()
        for entry in entries:
            try:
                self._add(entry)
            except ValueError as error:
                raise ConfigurationError(
                    f"issuing.allow: {entry!r} is no address, no domain and no *.domain: {error}"
                ) from None

    def _add(self, entry: str) -> None:
        if "@" in entry:
            if "*" in entry:
                raise ValueError("a domain alone holds all its addresses")
            self._addresses.add(Address.parse(entry))
        elif entry.startswith(_ANY_SUBDOMAIN):
            # With a label before it, for the parent may be a single one, as in *.edu.
            child = Address.parse(f"x@x.{entry.removeprefix(_ANY_SUBDOMAIN)}").domain
            self._parents += (child.removeprefix("x"),)
        else:
            self._domains.add(Address.parse(f"x@{entry}").domain)

    def holds(self, email: str) -> bool:
        """Whether a plausible address is on the list."""
        address = Address.parse(email)
        return (
            address in self._addresses
            or address.domain in self._domains
            or address.domain.endswith(self._parents)
        )
