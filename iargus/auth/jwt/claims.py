"""Pure JWT: signing and verifying with a key ring (RFC 7519, hardened after RFC 8725)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import jwt
from jwt.algorithms import HMACAlgorithm
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from iargus.auth.jwt.form import ALGORITHM, kid_of, strict_object
from iargus.auth.jwt.key_ring import KeyRing
from iargus.errors import TokenExpired, TokenKeyUnknown, TokenMalformed
from iargus.settings.tokens import MAX_TTL_DAYS, TokenPolicy

ADMIN = "admin"
MAX_TASKS = 32
# One wording for every cause: a forger learns nothing from the difference.
NOT_VALID = "the token is not valid"

_MAX_TTL_S = MAX_TTL_DAYS * 86_400
Seconds = Annotated[int, Field(ge=0, lt=2**53)]


class _Verifying(HMACAlgorithm):
    """HMAC that takes a key as it is. PyJWT looks into it at every use (it might be PEM, or JSON),
    and the time of that depends on the secret. It still does when signing: a key that it refuses
    there has no tokens."""

    def prepare_key(self, key: str | bytes) -> bytes:
        assert isinstance(key, bytes)
        return key


# Only the one algorithm exists for these objects, whatever a header says.
_SIGNER = jwt.PyJWS(algorithms=[ALGORITHM], options={"enforce_minimum_key_length": True})
_VERIFIER = jwt.PyJWS(algorithms=[ALGORITHM], options={"enforce_minimum_key_length": True})
_VERIFIER.unregister_algorithm(ALGORITHM)
_VERIFIER.register_algorithm(ALGORITHM, _Verifying(_Verifying.SHA256))


class Claims(BaseModel):
    """What a token says. Times are seconds since 1970 (RFC 7519 section 2, NumericDate).

    `sub` is the person: a digest of the e-mail address, so that a token in a log names nobody.
    `tasks` are those that the token opens, all of them where it is absent; one with a `scope` opens
    none. A claim that this version does not know may be a restriction, so a token with one is
    refused.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    iss: str
    aud: str
    sub: str = Field(min_length=1, max_length=255)
    jti: str = Field(min_length=1, max_length=36)
    iat: Seconds
    exp: Seconds
    nbf: Seconds | None = None
    scope: str | None = Field(None, min_length=1, max_length=32)
    tasks: list[str] | None = Field(None, max_length=MAX_TASKS)

    @property
    def expires_at(self) -> datetime:
        return datetime.fromtimestamp(self.exp, UTC)

    def opens(self, task: str) -> bool:
        """Whether the token may be used for this task."""
        # A scope is for something else, also one that a later release knows and this one does not.
        return self.scope is None and (self.tasks is None or task in self.tasks)


def new_claims(
    policy: TokenPolicy,
    *,
    subject: str,
    jti: str,
    now: datetime,
    ttl_days: int | None = None,
    scope: str | None = None,
    tasks: list[str] | None = None,
) -> Claims:
    """Claims that begin at `now` and end `ttl_days` later, the policy's where none are given.

    Raises:
        ValueError: `ttl_days` is not from 1 to the policy's.
    """
    days = policy.ttl_days if ttl_days is None else ttl_days
    if not 1 <= days <= policy.ttl_days:
        raise ValueError(f"a token is valid for 1 to {policy.ttl_days} days, not {days}")
    return Claims(
        iss=policy.issuer,
        aud=policy.audience,
        sub=subject,
        jti=jti,
        iat=int(now.timestamp()),
        exp=int((now + timedelta(days=days)).timestamp()),
        scope=scope,
        tasks=tasks,
    )


def sign(claims: Claims, ring: KeyRing) -> str:
    """Encode and sign the claims with the first key of the ring."""
    return _SIGNER.encode(
        claims.model_dump_json(exclude_none=True).encode(),
        ring.signing_secret,
        algorithm=ALGORITHM,
        headers={"kid": ring.signing_kid},
    )


def decode(token: str, ring: KeyRing, policy: TokenPolicy) -> Claims:
    """Give the claims of a token that one of the ring's keys signed, whatever the time is: the
    same answer for as long as ring and policy are the same.

    Raises:
        TokenKeyUnknown: the token names a key that is not in the ring.
        TokenMalformed: form, algorithm, signature or a claim is wrong.
    """
    is_ours = True
    try:
        secret, is_ours = ring.secret(kid_of(token))
        payload = _VERIFIER.decode(token, secret, algorithms=[ALGORITHM])
        if not is_ours:
            raise ValueError("whatever a key that is not ours says")
        claims = Claims.model_validate(strict_object(payload))
    except (jwt.PyJWTError, ValidationError, ValueError) as error:
        refusal = TokenMalformed if is_ours else TokenKeyUnknown
        raise refusal(NOT_VALID) from error
    if claims.iss != policy.issuer or claims.aud != policy.audience:
        raise TokenMalformed(NOT_VALID)
    # Not by the policy of today, under which a longer one of yesterday may still be good.
    if claims.exp - claims.iat > _MAX_TTL_S:
        raise TokenMalformed(NOT_VALID)
    return claims


def check_times(claims: Claims, policy: TokenPolicy, *, now_s: float) -> None:
    """Check when a token begins and ends; `now_s` are seconds since 1970.

    Raises:
        TokenMalformed: it was issued in the future, is not valid yet, or ended before it began.
        TokenExpired: `exp` has passed.
    """
    if claims.iat > now_s + policy.leeway_s or claims.exp <= claims.iat:
        raise TokenMalformed(NOT_VALID)
    if claims.nbf is not None and claims.nbf > now_s + policy.leeway_s:
        raise TokenMalformed(NOT_VALID)
    if claims.exp + policy.leeway_s <= now_s:
        raise TokenExpired(f"the token expired at {claims.expires_at:%Y-%m-%d %H:%M:%S} UTC")
