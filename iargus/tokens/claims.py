"""Pure JWT: signing and verifying with a key ring (RFC 7519, hardened after RFC 8725)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import jwt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from iargus.errors import TokenExpired, TokenMalformed
from iargus.settings.environment import JwtKey
from iargus.settings.policy import TokenPolicy

ALGORITHM = "HS256"
TYPE = "JWT"
# A token of ours has about 400 characters; nothing longer is worth decoding.
MAX_TOKEN_CHARS = 4096


class Claims(BaseModel):
    """What a token says. Times are seconds since 1970 (RFC 7519 section 2, NumericDate).

    `sub` is the person: a digest of the e-mail address, so that a token in a log names nobody.
    """

    model_config = ConfigDict(frozen=True, strict=True)

    iss: str
    aud: str
    sub: str = Field(min_length=1, max_length=255)
    jti: str = Field(min_length=1, max_length=36)
    iat: int = Field(ge=0, lt=2**53)
    exp: int = Field(ge=0, lt=2**53)

    @property
    def expires_at(self) -> datetime:
        return datetime.fromtimestamp(self.exp, UTC)


@dataclass(frozen=True)
class KeyRing:
    """The keys by `kid`; the first one signs, every one verifies."""

    keys: Sequence[JwtKey]
    _secrets: dict[str, bytes] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.keys:
            raise ValueError("a key ring needs at least one key")
        secrets = {key.kid: key.secret.get_secret_value().encode() for key in self.keys}
        object.__setattr__(self, "_secrets", secrets)

    @property
    def signing_kid(self) -> str:
        return self.keys[0].kid

    def secret(self, kid: object) -> bytes | None:
        return self._secrets.get(kid) if isinstance(kid, str) else None


def new_claims(policy: TokenPolicy, *, subject: str, jti: str, now: datetime) -> Claims:
    """Claims that begin at `now` and end `ttl_days` later."""
    return Claims(
        iss=policy.issuer,
        aud=policy.audience,
        sub=subject,
        jti=jti,
        iat=int(now.timestamp()),
        exp=int((now + timedelta(days=policy.ttl_days)).timestamp()),
    )


def sign(claims: Claims, ring: KeyRing) -> str:
    """Encode and sign the claims with the first key of the ring."""
    kid = ring.signing_kid
    secret = ring.secret(kid)
    assert secret is not None
    return jwt.encode(claims.model_dump(), secret, algorithm=ALGORITHM, headers={"kid": kid})


def verify(token: str, ring: KeyRing, policy: TokenPolicy, *, now: datetime) -> Claims:
    """Give the claims of a token that one of the ring's keys signed and that is valid at `now`.

    Raises:
        TokenMalformed: form, algorithm, key, signature or a claim is wrong.
        TokenExpired: everything is right, but `exp` has passed.
    """
    claims = decode(token, ring, policy)
    check_times(claims, policy, now=now)
    return claims


def decode(token: str, ring: KeyRing, policy: TokenPolicy) -> Claims:
    """Give the claims of a token that one of the ring's keys signed, whatever the time is: the
    same answer for as long as ring and policy are the same.

    Raises:
        TokenMalformed: form, algorithm, key, signature or a claim is wrong.
    """
    if len(token) > MAX_TOKEN_CHARS:
        raise TokenMalformed("the token is too long")
    try:
        header = jwt.get_unverified_header(token)
        secret = ring.secret(header.get("kid"))
        if secret is None:
            raise TokenMalformed("the token names a key that is not ours")
        if header.get("typ", TYPE) != TYPE:
            raise TokenMalformed("the token is of another type")
        document = jwt.decode(
            token,
            secret,
            algorithms=[ALGORITHM],
            audience=policy.audience,
            issuer=policy.issuer,
            options={
                "require": ["exp", "iat", "jti", "sub", "aud", "iss"],
                # Times are checked apart, against the clock that was passed in.
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
        return Claims.model_validate(document)
    except TokenMalformed:
        raise
    except (jwt.PyJWTError, ValidationError, ValueError, RecursionError) as error:
        # One wording for every cause: a forger learns nothing from the difference.
        raise TokenMalformed("the token is not valid") from error


def check_times(claims: Claims, policy: TokenPolicy, *, now: datetime) -> None:
    """Check when a token begins and ends.

    Raises:
        TokenMalformed: it was issued in the future, or ended before it began.
        TokenExpired: `exp` has passed.
    """
    seconds = now.timestamp()
    if claims.iat > seconds + policy.leeway_s or claims.exp <= claims.iat:
        raise TokenMalformed("the token is not valid")
    if claims.exp + policy.leeway_s <= seconds:
        raise TokenExpired(f"the token expired at {claims.expires_at:%Y-%m-%d %H:%M:%S} UTC")
