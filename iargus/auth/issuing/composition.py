"""Everything that issuing needs, put together once per worker."""

from __future__ import annotations

from dataclasses import dataclass

from iargus.auth.issuing.confirming import Confirmer
from iargus.auth.issuing.issuers import BoundedIssuer, Issuer, issuer_of
from iargus.auth.issuing.queue import ConfirmationQueue
from iargus.auth.issuing.startup import mode_of
from iargus.auth.tokens.service import TokenService
from iargus.background import Background
from iargus.clock import Clock
from iargus.deadline import DeadlineRunner, unbounded
from iargus.settings import Settings
from iargus.settings.issuing import IssuingMode
from iargus.storage.database import Database


@dataclass(frozen=True)
class Issuing:
    """`confirmer` and `background`, which the worker starts, are there in the mode `confirm`."""

    mode: IssuingMode
    issuer: Issuer
    confirmer: Confirmer | None = None
    background: tuple[Background, ...] = ()

    @classmethod
    def build(
        cls,
        settings: Settings,
        *,
        tokens: TokenService,
        database: Database,
        clock: Clock,
        within: DeadlineRunner = unbounded,
    ) -> Issuing:
        """Put the parts together; `database` is `iargus_api`, and is not connected to yet. `within`
        bounds how long whoever asks for a token waits for it.

        Raises:
            ConfigurationError: production without a mode, or a mode without what it needs.
        """
        mode, policy = mode_of(settings), settings.policy.issuing
        issuer = issuer_of(mode, tokens=tokens, database=database, policy=policy, clock=clock)
        if mode is not IssuingMode.OPEN:
            # There the service of tokens is asked, which bounds it itself.
            issuer = BoundedIssuer(issuer, within)
        if mode is not IssuingMode.CONFIRM:
            return cls(mode, issuer)
        # Imported here: the other modes write no mails.
        from iargus.auth.issuing.delivery import ConfirmationSender, Delivery

        confirmer = Confirmer(tokens=tokens, database=database, policy=policy, clock=clock)
        delivery = Delivery(ConfirmationSender(ConfirmationQueue(database), settings, clock))
        return cls(mode, issuer, confirmer, (delivery,))
