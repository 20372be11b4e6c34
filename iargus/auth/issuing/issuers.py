"""What `POST /get_token` does in each mode."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Protocol

from iargus.auth.issuing.addresses import AllowList
from iargus.auth.issuing.allowance import BoundedTokens
from iargus.auth.issuing.invitations import Invitations, use_invitation
from iargus.auth.issuing.queue import ConfirmationQueue
from iargus.auth.tokens.record import Grant, Holder
from iargus.auth.tokens.service import PLAIN, IssuedToken, TokenService
from iargus.clock import Clock, to_naive_utc
from iargus.deadline import DeadlineRunner
from iargus.errors import InvitationInvalid, PersonNotAllowed
from iargus.settings.tokens import IssuingMode, IssuingPolicy
from iargus.storage.database import Database


class Issuer(Protocol):
    """Answers whoever asks for a token."""

    def ask(
        self, holder: Holder, *, invitation: str | None, grant: Grant = PLAIN
    ) -> IssuedToken | None:
        """A token with this grant, or None where it comes on another way.

        Raises:
            PersonNotAllowed, InvitationInvalid, TokensAtLimit, RateLimited: there is none.
            DatabaseUnavailable: it could not be recorded.
            SigningKeyMissing: there is no key to sign with.
        """


class OpenIssuer:
    """A token for whoever asks. Nobody's address is proven, so none is counted: others could use
    a person's allowance up in his name."""

    def __init__(self, tokens: TokenService) -> None:
        self._tokens = tokens

    def ask(self, holder: Holder, *, invitation: str | None, grant: Grant = PLAIN) -> IssuedToken:  # noqa: ARG002
        return self._tokens.issue(holder, grant)


class ListedIssuer:
    """A token for whoever gives an address of the list; nothing proves that it is theirs."""

    def __init__(self, tokens: TokenService, limited: BoundedTokens, allowed: AllowList) -> None:
        self._tokens = tokens
        self._limited = limited
        self._allowed = allowed

    def ask(self, holder: Holder, *, invitation: str | None, grant: Grant = PLAIN) -> IssuedToken:  # noqa: ARG002
        if not self._allowed.holds(holder.email):
            raise PersonNotAllowed("this address may not have a token here")
        issued, record = self._tokens.sign(holder, grant)
        self._limited.add(record)
        return issued


class InvitedIssuer:
    """A token for whoever has an invitation, for no more tasks than that is for; one use of it and
    the token are recorded together."""

    def __init__(
        self, tokens: TokenService, limited: BoundedTokens, invitations: Invitations
    ) -> None:
        self._tokens = tokens
        self._limited = limited
        self._invitations = invitations

    def ask(self, holder: Holder, *, invitation: str | None, grant: Grant = PLAIN) -> IssuedToken:
        if invitation is None:
            raise InvitationInvalid("an invitation is needed here, in the field invitation")
        # The tasks of an invitation never change; whether it may still be used is decided below.
        tasks = self._invitations.tasks_of(invitation)
        issued, record = self._tokens.sign(holder, _limited_to(tasks, grant))
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

    def ask(self, holder: Holder, *, invitation: str | None, grant: Grant = PLAIN) -> None:  # noqa: ARG002
        now = to_naive_utc(self._clock())
        self._queue.add(holder, grant=grant, at=now, expires_at=now + self._valid_for)


class BoundedIssuer:
    """Another issuer, that nobody waits for longer than `within` allows. What was given up may
    still be done: then a row stands for a token that nobody has seen."""

    def __init__(self, issuer: Issuer, within: DeadlineRunner) -> None:
        self._issuer = issuer
        self._within = within

    def ask(
        self, holder: Holder, *, invitation: str | None, grant: Grant = PLAIN
    ) -> IssuedToken | None:
        return self._within(lambda: self._issuer.ask(holder, invitation=invitation, grant=grant))


def issuer_of(
    mode: IssuingMode,
    *,
    tokens: TokenService,
    database: Database,
    policy: IssuingPolicy,
    clock: Clock,
) -> Issuer:
    """The issuer of a mode; `database` is `iargus_api`."""
    limited = BoundedTokens(database, policy)
    if mode is IssuingMode.ALLOW_LIST:
        return ListedIssuer(tokens, limited, AllowList(policy.allow))
    if mode is IssuingMode.INVITATION:
        return InvitedIssuer(tokens, limited, Invitations(database))
    if mode is IssuingMode.CONFIRM:
        return ConfirmingIssuer(ConfirmationQueue(database), policy, clock)
    return OpenIssuer(tokens)


def _limited_to(tasks: tuple[str, ...] | None, grant: Grant) -> Grant:
    """The grant without what an invitation is not for; None is an invitation for all tasks."""
    if tasks is None:
        return grant
    left = tasks if grant.tasks is None else tuple(t for t in grant.tasks if t in tasks)
    if not left:
        raise InvitationInvalid(f"this invitation is only for {', '.join(tasks)}")
    return replace(grant, tasks=left)
