"""Issuing, authenticating and revoking tokens."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from iargus.clock import Clock, to_naive_utc
from iargus.deadline import Within, unbounded
from iargus.errors import TokenRevoked
from iargus.settings.policy import TokenPolicy
from iargus.tokens.claims import (
    Claims,
    KeyRing,
    check_times,
    decode,
    new_claims,
    sign,
    verify,
)
from iargus.tokens.revocations import RevocationSnapshot
from iargus.tokens.store import Holder, TokenRecord, TokenStore

# Tokens whose signature each process remembers to be good, about 1 KB each.
REMEMBERED_TOKENS = 4096


@dataclass(frozen=True)
class IssuedToken:
    """A new token, shown once: only its digest is kept."""

    token: str
    expires_at: datetime
    expires_in_s: int


class TokenService:
    """The gate. `authenticate` asks no server; `issue` and `revoke` write to the store.

    `within` bounds how long they wait for it. Work that was given up may be done later: then a
    row stands for a token that nobody has seen, or a token ends whose holder was told to ask again.
    """

    def __init__(
        self,
        *,
        store: TokenStore,
        ring: KeyRing,
        policy: TokenPolicy,
        clock: Clock,
        revocations: RevocationSnapshot,
        within: Within = unbounded,
    ) -> None:
        self._store = store
        self._ring = ring
        self._policy = policy
        self._clock = clock
        self._revocations = revocations
        # A signature that was good stays good while the keys are the same; what changes with time
        # is asked for every request. Bad tokens are not remembered: errors never are.
        self._decoded = lru_cache(REMEMBERED_TOKENS)(lambda token: decode(token, ring, policy))
        self._within = within

    def issue(self, holder: Holder) -> IssuedToken:
        """Sign a token for `holder` and record its digest; nothing is given that is not recorded.

        Raises:
            DatabaseUnavailable: the issue could not be recorded.
        """
        issued, record = self.sign(holder)
        self._within(lambda: self._store.add(record))
        return issued

    def sign(self, holder: Holder) -> tuple[IssuedToken, TokenRecord]:
        """Sign a token, and give with it the record that the caller must keep before he gives the
        token away."""
        now = self._clock()
        claims = new_claims(
            self._policy, subject=subject_of(holder.email), jti=str(uuid.uuid4()), now=now
        )
        token = sign(claims, self._ring)
        record = TokenRecord(
            holder=replace(holder, email=normal_email(holder.email)),
            digest=digest_of(token),
            jti=claims.jti,
            kid=self._ring.signing_kid,
            created_at=to_naive_utc(now),
            expires_at=to_naive_utc(claims.expires_at),
        )
        return IssuedToken(token, claims.expires_at, claims.exp - claims.iat), record

    def authenticate(self, token: str) -> Claims:
        """Give the claims of a token that may be used now.

        Raises:
            TokenRejected: it may not; the subclass says why.
            TokenStateUnknown: the list of revoked tokens is too old to tell.
        """
        claims = self._decoded(token)
        check_times(claims, self._policy, now=self._clock())
        if self._revocations.holds(claims.jti):
            raise TokenRevoked("the token was revoked")
        return claims

    def revoke(self, token: str) -> bool:
        """End a token of ours; False when it had been revoked before.

        Raises:
            TokenRejected: it is no token of ours, or has expired.
            DatabaseUnavailable: the revocation could not be recorded.
        """
        return self.revoke_by_id(verify(token, self._ring, self._policy, now=self._clock()).jti)

    def revoke_by_id(self, jti: str) -> bool:
        """End the token with this `jti`; False when there is none or it was revoked before.

        Raises:
            DatabaseUnavailable: the revocation could not be recorded.
        """
        now = to_naive_utc(self._clock())

        def end() -> bool:
            revoked = self._store.revoke(jti, now)
            self._revocations.add(jti)
            return revoked

        return self._within(end)

    def listed(self, *, email: str | None = None) -> Sequence[TokenRecord]:
        """All issued tokens, the newest first; of one person where `email` is given."""
        return self._store.listed(email=None if email is None else normal_email(email))


def digest_of(token: str) -> str:
    """The SHA-256 of a token in hex, 64 characters: what the database may know of it."""
    return hashlib.sha256(token.encode()).hexdigest()


def normal_email(email: str) -> str:
    """One spelling per mailbox: addresses are compared without case."""
    return email.strip().casefold()


def subject_of(email: str) -> str:
    """The claim `sub`: stands for the person in tokens and logs without naming them."""
    return hashlib.sha256(normal_email(email).encode()).hexdigest()[:32]
