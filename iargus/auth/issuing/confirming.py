"""From a link to a token."""

from __future__ import annotations

from iargus.auth.issuing.bounded import BoundedTokens
from iargus.auth.issuing.links import Confirmation, Links, use_confirmation
from iargus.auth.tokens.service import IssuedToken, TokenService
from iargus.clock import Clock, to_naive_utc
from iargus.settings.issuing import IssuingPolicy
from iargus.storage.database import Database


class Confirmer:
    """Looks at links, and turns each into one token. `database` is `iargus_api`."""

    def __init__(
        self, *, tokens: TokenService, database: Database, policy: IssuingPolicy, clock: Clock
    ) -> None:
        self._tokens = tokens
        self._links = Links(database)
        self._limited = BoundedTokens(database, policy)
        self._clock = clock

    def look(self, link: str) -> Confirmation:
        """What a link stands for; it stays as it was.

        Raises:
            ConfirmationInvalid: it is no link of ours, was used, or has expired.
            DatabaseUnavailable: nobody can tell.
        """
        return self._links.find(link, to_naive_utc(self._clock()))

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
