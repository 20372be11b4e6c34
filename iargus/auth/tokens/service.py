"""Issuing, authenticating and revoking tokens."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from iargus.auth.jwt.claims import Claims, check_times, new_claims, sign
from iargus.auth.jwt.key_ring import KeyRing
from iargus.auth.keys.rotating_ring import RotatingKeyRing
from iargus.auth.revocation.snapshot import RevocationSnapshot
from iargus.auth.tokens.record import Grant, Holder, TokenRecord
from iargus.auth.tokens.store import SqlTokenStore
from iargus.clock import Clock, to_naive_utc
from iargus.deadline import DeadlineRunner, unbounded
from iargus.errors import TokenKeyUnknown, TokenMalformed, TokenRevoked, TokenStateUnknown
from iargus.settings.tokens import TokenPolicy

PLAIN = Grant()


@dataclass(frozen=True)
class IssuedToken:
    """A new token, shown once: only its digest is stored."""

    token: str
    expires_at: datetime
    expires_in_s: int


class TokenService:
    """The gate. `authenticate` asks no server; `issue` and `revoke` write to the store.

    A `ring` that is a plain `KeyRing` never changes. `check_key` raises where the key that signs is
    not stored any more. `within` bounds how long they wait for the store. Work that was given up
    may be done later: then a row stands for a token that nobody has seen, or a token ends whose
    holder was asked to retry.
    """

    def __init__(
        self,
        *,
        store: SqlTokenStore,
        ring: KeyRing | RotatingKeyRing,
        policy: TokenPolicy,
        clock: Clock,
        revocations: RevocationSnapshot,
        within: DeadlineRunner = unbounded,
        check_key: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._ring = ring if isinstance(ring, RotatingKeyRing) else RotatingKeyRing(ring, policy)
        self._policy = policy
        self._clock = clock
        self._revocations = revocations
        self._within = within
        self._check_key = check_key

    @property
    def ttl_days(self) -> int:
        """How long a token is valid at most, and where its grant does not say."""
        return self._policy.ttl_days

    def issue(self, holder: Holder, grant: Grant = PLAIN) -> IssuedToken:
        """Sign a token for `holder` and record its digest; nothing is given that is not recorded.

        Raises:
            DatabaseUnavailable: the issue could not be recorded.
            SigningKeyMissing: there is no key to sign with.
            ValueError: the grant is for more days than the policy's.
        """
        issued, record = self.sign(holder, grant)
        self._within(lambda: self._store.add(record))
        return issued

    def sign(self, holder: Holder, grant: Grant = PLAIN) -> tuple[IssuedToken, TokenRecord]:
        """Sign a token, and give with it the record that the caller must keep before he gives the
        token away.

        Raises:
            SigningKeyMissing, ValueError: as for `issue`.
        """
        self._check_key()
        now = self._clock()
        claims = new_claims(
            self._policy,
            subject=subject_of(holder.email),
            jti=str(uuid.uuid4()),
            now=now,
            ttl_days=grant.ttl_days,
            scope=grant.scope,
            tasks=None if grant.tasks is None else list(grant.tasks),
        )
        ring = self._ring.signing()
        token = sign(claims, ring)
        record = TokenRecord(
            holder=replace(holder, email=normal_email(holder.email)),
            digest=digest_of(token),
            jti=claims.jti,
            kid=ring.signing_kid,
            created_at=to_naive_utc(now),
            expires_at=to_naive_utc(claims.expires_at),
            scope=grant.scope,
            tasks=grant.tasks,
        )
        return IssuedToken(token, claims.expires_at, claims.exp - claims.iat), record

    def authenticate(self, token: str) -> tuple[Claims, float]:
        """Give the claims of a token that may be used now, and now in seconds since 1970.

        Raises:
            TokenRejected: it may not; the subclass says why.
            TokenStateUnknown: the list of revoked tokens is too old to tell.
        """
        try:
            claims = self._ring.decode(token)
        except TokenMalformed as refusal:
            # The same steps and the same error for every refusal, so that the time of one does not
            # tell which keys there are.
            if self._revocations.ring_may_be_stale and isinstance(refusal, TokenKeyUnknown):
                raise TokenStateUnknown("the signing keys could not be read lately") from refusal
            raise TokenMalformed(str(refusal)) from refusal
        now_s = self._clock().timestamp()
        check_times(claims, self._policy, now_s=now_s)
        if self._revocations.holds(claims.jti):
            raise TokenRevoked("the token was revoked")
        return claims, now_s

    def revoke(self, token: str) -> bool:
        """End a token of ours; False when it had been revoked before.

        Raises:
            TokenRejected: it is no token of ours, or has expired.
            DatabaseUnavailable: the revocation could not be recorded.
        """
        claims = self._ring.decode(token)
        check_times(claims, self._policy, now_s=self._clock().timestamp())
        now = to_naive_utc(self._clock())

        def end() -> bool:
            revoked = self._store.revoke(claims.jti, now)
            self._revocations.add(claims.jti)
            return revoked

        return self._within(end)


def digest_of(token: str) -> str:
    """The SHA-256 of a token in hex, 64 characters: what the database may know of it."""
    return hashlib.sha256(token.encode()).hexdigest()


def normal_email(email: str) -> str:
    """One spelling per mailbox: addresses are compared without case."""
    return email.strip().casefold()


def subject_of(email: str) -> str:
    """The claim `sub`: stands for the person in tokens and logs without naming them."""
    return hashlib.sha256(normal_email(email).encode()).hexdigest()[:32]
