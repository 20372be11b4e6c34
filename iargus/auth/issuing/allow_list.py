"""Which addresses may have a token. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from iargus.auth.issuing.addresses import Address
from iargus.errors import ConfigurationError

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
