"""Issuing as the settings have it, and what is checked at startup."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from iargus.auth.issuing.addresses import AllowList
from iargus.auth.issuing.issuer import Issuer
from iargus.auth.issuing.links import Confirmer
from iargus.auth.issuing.queue import ConfirmationQueue
from iargus.auth.tokens.service import TokenService
from iargus.background import Background
from iargus.clock import Clock
from iargus.deadline import DeadlineRunner, unbounded
from iargus.errors import ConfigurationError
from iargus.settings import Settings
from iargus.settings.tokens import IssuingMode
from iargus.storage.database import Database


def mode_of(settings: Settings) -> IssuingMode:
    """The mode that the settings name, once all that it needs is there.

    Raises:
        ConfigurationError: production without a mode, or a mode without what it needs; one line
            that names the setting.
    """
    policy = settings.policy.issuing
    if policy.mode is None:
        if settings.environment.production:
            raise ConfigurationError(
                "issuing.mode is not set: in production config.yml says who may have a token, "
                f"one of {', '.join(IssuingMode)} (docs/how-to/issuing.md)"
            )
        return IssuingMode.OPEN
    AllowList(policy.allow)
    if policy.mode is IssuingMode.CONFIRM:
        _check_mail(settings)
    return policy.mode


def _check_mail(settings: Settings) -> None:
    if settings.environment.smtp is None:
        raise ConfigurationError(
            "issuing.mode is confirm, which sends mails, but SMTP_SERVER is not set"
        )
    url = settings.policy.issuing.public_url
    if url is None:
        # Never from the request: its Host header is the client's, and the link in the mail would
        # lead wherever that says.
        raise ConfigurationError(
            "issuing.mode is confirm, but issuing.public_url, which the links in its mails begin "
            "with, is not set"
        )
    root_path = settings.policy.server.root_path
    if not urlsplit(url).path.rstrip("/").endswith(root_path):
        raise ConfigurationError(
            f"issuing.public_url does not end with server.root_path, {root_path}: the links in "
            "mails would lead elsewhere"
        )
    if settings.environment.production and urlsplit(url).scheme != "https":
        raise ConfigurationError(
            "issuing.public_url must begin with https:// in production: a token is shown there"
        )


@dataclass(frozen=True)
class Issuing:
    """`confirmer` and `background`, which the worker starts, are there in the mode `confirm`."""

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
        bounds how long a request for a token waits for it.

        Raises:
            ConfigurationError: production without a mode, or a mode without what it needs.
        """
        mode, policy = mode_of(settings), settings.policy.issuing
        issuer = Issuer(
            mode, tokens=tokens, database=database, policy=policy, clock=clock, within=within
        )
        if mode is not IssuingMode.CONFIRM:
            return cls(issuer)
        # Imported here: the other modes write no mails.
        from iargus.auth.issuing.delivery import ConfirmationSender

        confirmer = Confirmer(tokens=tokens, database=database, policy=policy, clock=clock)
        sender = ConfirmationSender(ConfirmationQueue(database), settings, clock)
        return cls(issuer, confirmer, (sender,))
