"""The link of a mail that confirms an address: written, looked at, and redeemed once.

`iargus_api.confirmation_links` has digests only, never a link.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from iargus.auth.issuing.allowance import BoundedTokens
from iargus.auth.issuing.codes import parse_link
from iargus.auth.tokens.record import Grant, Holder, tasks_of
from iargus.auth.tokens.service import IssuedToken, TokenService
from iargus.clock import Clock, to_naive_utc
from iargus.errors import ConfirmationInvalid
from iargus.settings.tokens import IssuingPolicy
from iargus.storage.database import Database
from iargus.storage.schema import confirmation_links, confirmations


@dataclass(frozen=True)
class Confirmation:
    """What a good link stands for; times are UTC without a zone."""

    id: int
    holder: Holder
    grant: Grant
    expires_at: datetime


def find_confirmation(database: Database, text: str, at: datetime) -> Confirmation:
    """What a link stands for. Looking changes nothing, however often programs do it.

    Raises:
        ConfirmationInvalid: it is no link of ours, was used, or has expired; the message says
            which only if the secret is right.
        DatabaseUnavailable: the table cannot be read.
    """
    code = parse_link(text)
    if code is None:
        raise _unknown()
    query = (
        select(confirmation_links.c.digest, confirmations)
        .join(confirmations, confirmations.c.id == confirmation_links.c.confirmation_id)
        .where(confirmation_links.c.selector == code.key)
    )
    with database.transaction() as connection:
        row = connection.execute(query).mappings().first()
    if not code.proves(None if row is None else row["digest"]) or row is None:
        raise _unknown()
    if row["used_at"] is not None:
        raise _used()
    if row["expires_at"] <= at:
        raise ConfirmationInvalid("this link has expired")
    holder = Holder(row["first_name"], row["surname"], row["email"])
    grant = Grant(ttl_days=row["ttl_days"], tasks=tasks_of(row["tasks"]))
    return Confirmation(row["id"], holder, grant, row["expires_at"])


def use_confirmation(connection: Connection, confirmation: Confirmation, at: datetime) -> None:
    """Use it up within the caller's transaction; of several at once one comes through.

    Raises:
        ConfirmationInvalid: it was used in the meantime.
    """
    used = connection.execute(
        update(confirmations)
        .where(confirmations.c.id == confirmation.id, confirmations.c.used_at.is_(None))
        .values(used_at=at)
    )
    if used.rowcount != 1:
        raise _used()


def _unknown() -> ConfirmationInvalid:
    return ConfirmationInvalid("this link is not known here; part of it may be missing")


def _used() -> ConfirmationInvalid:
    return ConfirmationInvalid("this link was used already; it gives one token, once")


class Confirmer:
    """Looks at links, and turns each into one token. `database` is `iargus_api`."""

    def __init__(
        self, *, tokens: TokenService, database: Database, policy: IssuingPolicy, clock: Clock
    ) -> None:
        self._tokens = tokens
        self._database = database
        self._limited = BoundedTokens(database, policy)
        self._clock = clock

    def look(self, link: str) -> Confirmation:
        """What a link stands for; raises like `find_confirmation`."""
        return find_confirmation(self._database, link, to_naive_utc(self._clock()))

    def redeem(self, link: str) -> IssuedToken:
        """Give the one token of a link. Where this raises, a good link stays good.

        Raises:
            ConfirmationInvalid: it is no link of ours, was used, or has expired.
            TokensAtLimit, RateLimited: the person has no allowance left.
            DatabaseUnavailable: it could not be recorded.
        """
        confirmation = self.look(link)
        grant = confirmation.grant.at_most(self._tokens.ttl_days)
        issued, record = self._tokens.sign(confirmation.holder, grant)
        self._limited.add(
            record,
            on=lambda connection: use_confirmation(connection, confirmation, record.created_at),
        )
        return issued
