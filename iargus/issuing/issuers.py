"""What `POST /get_token` does in each mode."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from iargus.clock import Clock, to_naive_utc
from iargus.database import Database
from iargus.deadline import Within
from iargus.errors import InvitationInvalid, PersonNotAllowed
from iargus.issuing.allow_list import AllowList
from iargus.issuing.invitations import use_invitation
from iargus.issuing.limited import LimitedTokens
from iargus.issuing.queue import ConfirmationQueue
from iargus.settings.issuing import IssuingMode, IssuingPolicy
from iargus.tokens.service import IssuedToken, TokenService
from iargus.tokens.store import Holder


class Issuer(Protocol):
    """Answers whoever asks for a token."""

    def ask(self, holder: Holder, *, invitation: str | None) -> IssuedToken | None:
        """A token, or None where it comes on another way.

        Raises:
            PersonNotAllowed, InvitationInvalid, TokensAtLimit, RateLimited: there is none.
            DatabaseUnavailable: it could not be recorded.
        """


class OpenIssuer:
    """A token for whoever asks. Nobody's address is proven, so none is counted: others could use
    a person's allowance up in his name."""

    def __init__(self, tokens: TokenService) -> None:
        self._tokens = tokens

    def ask(self, holder: Holder, *, invitation: str | None) -> IssuedToken:  # noqa: ARG002
        return self._tokens.issue(holder)


class ListedIssuer:
    """A token for whoever gives an address of the list; nothing proves that it is theirs."""

    def __init__(self, tokens: TokenService, limited: LimitedTokens, allowed: AllowList) -> None:
        self._tokens = tokens
        self._limited = limited
        self._allowed = allowed

    def ask(self, holder: Holder, *, invitation: str | None) -> IssuedToken:  # noqa: ARG002
        if not self._allowed.holds(holder.email):
            raise PersonNotAllowed("this address may not have a token here")
        issued, record = self._tokens.sign(holder)
        self._limited.add(record)
        return issued


class InvitedIssuer:
    """A token for whoever has an invitation; one use of it and the token are recorded together."""

    def __init__(self, tokens: TokenService, limited: LimitedTokens) -> None:
        self._tokens = tokens
        self._limited = limited

    def ask(self, holder: Holder, *, invitation: str | None) -> IssuedToken:
        if invitation is None:
            raise InvitationInvalid("an invitation is needed here, in the field invitation")
        issued, record = self._tokens.sign(holder)
        self._limited.add(
            record,
            on=lambda connection: use_invitation(
                connection, invitation, holder.email, record.created_at
            ),
        )
        return issued


class ConfirmingIssuer:
    """A mail with a link, perhaps: the same row and the same answer for every address."""

    def __init__(self, queue: ConfirmationQueue, policy: IssuingPolicy, clock: Clock) -> None:
        self._queue = queue
        self._valid_for = timedelta(minutes=policy.confirm_minutes)
        self._clock = clock

    def ask(self, holder: Holder, *, invitation: str | None) -> None:  # noqa: ARG002
        now = to_naive_utc(self._clock())
        self._queue.add(holder, at=now, expires_at=now + self._valid_for)


class BoundedIssuer:
    """Another issuer, that nobody waits for longer than `within` allows. What was given up may
    still be done: then a row stands for a token that nobody has seen."""

    def __init__(self, issuer: Issuer, within: Within) -> None:
        self._issuer = issuer
        self._within = within

    def ask(self, holder: Holder, *, invitation: str | None) -> IssuedToken | None:
        return self._within(lambda: self._issuer.ask(holder, invitation=invitation))


def issuer_of(
    mode: IssuingMode,
    *,
    tokens: TokenService,
    database: Database,
    policy: IssuingPolicy,
    clock: Clock,
) -> Issuer:
    """The issuer of a mode; `database` is `iargus_api`."""
    limited = LimitedTokens(database, policy)
    if mode is IssuingMode.ALLOW_LIST:
        return ListedIssuer(tokens, limited, AllowList(policy.allow))
    if mode is IssuingMode.INVITATION:
        return InvitedIssuer(tokens, limited)
    if mode is IssuingMode.CONFIRM:
        return ConfirmingIssuer(ConfirmationQueue(database), policy, clock)
    return OpenIssuer(tokens)
