"""A key ring and a clock that stands still."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from iargus.auth.jwt.key_ring import KeyRing
from iargus.settings.keys import JwtKey
from iargus.settings.tokens import TokenPolicy

START = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


class StillClock:
    """A clock that moves only when told to."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **duration: float) -> None:
        self.now += timedelta(**duration)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def policy() -> TokenPolicy:
    return TokenPolicy()


@pytest.fixture
def ring() -> KeyRing:
    return KeyRing(
        [
            JwtKey(kid="new", secret=SecretStr("n" * 48)),
            JwtKey(kid="old", secret=SecretStr("o" * 48)),
        ]
    )
