"""What `POST /get_token` does in each mode."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

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


class Issuer:
    """Issues tokens by the rules of one mode; `database` is `iargus_api`.

    `within` bounds how long a request waits. Work that was given up may still be done: then a row
    stands for a token that nobody has seen.
    """

    def __init__(
        self,
        mode: IssuingMode,
        *,
        tokens: TokenService,
        database: Database,
        policy: IssuingPolicy,
        clock: Clock,
        within: DeadlineRunner,
    ) -> None:
        self._mode = mode
        self._tokens = tokens
        self._bounded = BoundedTokens(database, policy)
        self._allowed = AllowList(policy.allow)
        self._invitations = Invitations(database)
        self._queue = ConfirmationQueue(database)
        self._link_valid_for = timedelta(minutes=policy.confirm_minutes)
        self._clock = clock
        self._within = within

    def ask(
        self, holder: Holder, *, invitation: str | None, grant: Grant = PLAIN
    ) -> IssuedToken | None:
        """A token with this grant; None where a link is mailed instead.

        Raises:
            PersonNotAllowed, InvitationInvalid, TokensAtLimit, RateLimited: there is none.
            DatabaseUnavailable: it could not be recorded.
            SigningKeyMissing: there is no key to sign with.
        """
        if self._mode is IssuingMode.OPEN:
            # Addresses are not proven, so tokens are not counted: others could use up a
            # person's allowance. The service of tokens bounds the wait itself.
            return self._tokens.issue(holder, grant)
        if self._mode is IssuingMode.ALLOW_LIST:
            return self._within(lambda: self._listed(holder, grant))
        if self._mode is IssuingMode.INVITATION:
            return self._within(lambda: self._invited(holder, invitation, grant))
        # The same row and the same answer for every address.
        now = to_naive_utc(self._clock())
        expires_at = now + self._link_valid_for
        self._within(lambda: self._queue.add(holder, grant=grant, at=now, expires_at=expires_at))
        return None

    def _listed(self, holder: Holder, grant: Grant) -> IssuedToken:
        """For addresses of the list; nothing proves whose they are."""
        if not self._allowed.holds(holder.email):
            raise PersonNotAllowed("this address may not have a token here")
        issued, record = self._tokens.sign(holder, grant)
        self._bounded.add(record)
        return issued

    def _invited(self, holder: Holder, invitation: str | None, grant: Grant) -> IssuedToken:
        """For no more tasks than the invitation is for; one use of it and the token are recorded
        together."""
        if invitation is None:
            raise InvitationInvalid("an invitation is needed here, in the field invitation")
        # The tasks of an invitation never change; whether it may still be used is decided below.
        tasks = self._invitations.tasks_of(invitation)
        issued, record = self._tokens.sign(holder, _limited_to(tasks, grant))
        self._bounded.add(
            record,
            on=lambda connection: use_invitation(
                connection, invitation, holder.email, record.created_at
            ),
        )
        return issued


def _limited_to(tasks: tuple[str, ...] | None, grant: Grant) -> Grant:
    """The grant without what an invitation is not for; None is an invitation for all tasks."""
    if tasks is None:
        return grant
    left = tasks if grant.tasks is None else tuple(t for t in grant.tasks if t in tasks)
    if not left:
        raise InvitationInvalid(f"this invitation is only for {', '.join(tasks)}")
    return replace(grant, tasks=left)
