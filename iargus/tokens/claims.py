"""Pure JWT: signing and verifying with a key ring (RFC 7519, hardened after RFC 8725)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import jwt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from iargus.errors import TokenExpired, TokenKeyUnknown, TokenMalformed
from iargus.settings.policy import TokenPolicy
from iargus.tokens.form import ALGORITHM, kid_of, strict_object
from iargus.tokens.ring import KeyRing

__all__ = ["ADMIN", "Claims", "KeyRing", "check_times", "decode", "new_claims", "sign", "verify"]

ADMIN = "admin"
MAX_TASKS = 32

Seconds = Annotated[int, Field(ge=0, lt=2**53)]
# Only the one algorithm exists for this object, whatever a header says.
_JWS = jwt.PyJWS(algorithms=[ALGORITHM], options={"enforce_minimum_key_length": True})


class Claims(BaseModel):
    """What a token says. Times are seconds since 1970 (RFC 7519 section 2, NumericDate).

    `sub` is the person: a digest of the e-mail address, so that a token in a log names nobody.
    `tasks` are those that the token opens, all of them where it is absent. A claim that this
    version does not know may be a restriction, so a token with one is refused.
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
        return self.tasks is None or task in self.tasks


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
    kid = ring.signing_kid
    secret = ring.secret(kid)
    assert secret is not None
    return _JWS.encode(
        claims.model_dump_json(exclude_none=True).encode(),
        secret,
        algorithm=ALGORITHM,
        headers={"kid": kid},
    )


def verify(token: str, ring: KeyRing, policy: TokenPolicy, *, now: datetime) -> Claims:
    """Give the claims of a token that one of the ring's keys signed and that is valid at `now`.

    Raises:
        TokenMalformed: form, algorithm, key, signature or a claim is wrong.
        TokenExpired: everything is right, but `exp` has passed.
    """
    claims = decode(token, ring, policy)
    check_times(claims, policy, now_s=now.timestamp())
    return claims


def decode(token: str, ring: KeyRing, policy: TokenPolicy) -> Claims:
    """Give the claims of a token that one of the ring's keys signed, whatever the time is: the
    same answer for as long as ring and policy are the same.

    Raises:
        TokenKeyUnknown: the token names a key that is not in the ring.
        TokenMalformed: form, algorithm, signature or a claim is wrong.
    """
    try:
        secret = ring.secret(kid_of(token))
        if secret is None:
            raise TokenKeyUnknown("the token is not valid")
        payload = _JWS.decode(token, secret, algorithms=[ALGORITHM])
        claims = Claims.model_validate(strict_object(payload))
    except (jwt.PyJWTError, ValidationError, ValueError) as error:
        # One wording for every cause: a forger learns nothing from the difference.
        raise TokenMalformed("the token is not valid") from error
    if claims.iss != policy.issuer or claims.aud != policy.audience:
        raise TokenMalformed("the token is not valid")
    return claims


def check_times(claims: Claims, policy: TokenPolicy, *, now_s: float) -> None:
    """Check when a token begins and ends; `now_s` are seconds since 1970.

    Raises:
        TokenMalformed: it was issued in the future, is not valid yet, or ended before it began.
        TokenExpired: `exp` has passed.
    """
    if claims.iat > now_s + policy.leeway_s or claims.exp <= claims.iat:
        raise TokenMalformed("the token is not valid")
    if claims.nbf is not None and claims.nbf > now_s + policy.leeway_s:
        raise TokenMalformed("the token is not valid")
    if claims.exp + policy.leeway_s <= now_s:
        raise TokenExpired(f"the token expired at {claims.expires_at:%Y-%m-%d %H:%M:%S} UTC")
