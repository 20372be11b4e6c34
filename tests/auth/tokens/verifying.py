"""A token is judged in two steps, as `TokenService.authenticate` does without revocations."""

from __future__ import annotations

from datetime import datetime

from iargus.auth.jwt.claims import Claims, check_times, decode
from iargus.auth.jwt.key_ring import KeyRing
from iargus.settings.tokens import TokenPolicy


def verify(token: str, ring: KeyRing, policy: TokenPolicy, *, now: datetime) -> Claims:
    """The claims of a token that one of the ring's keys signed and that is valid at `now`."""
    claims = decode(token, ring, policy)
    check_times(claims, policy, now_s=now.timestamp())
    return claims
