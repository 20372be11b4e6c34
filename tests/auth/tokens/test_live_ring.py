"""Which keys a ring takes from the rows of the database. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from iargus.auth.jwt.key_ring import KeyRing
from iargus.auth.keys.loading import fresh_key
from iargus.auth.keys.rotating_ring import RotatingKeyRing
from iargus.auth.keys.row import KeyRow, save_rows
from iargus.auth.keys.wrapping import wrap
from iargus.settings.keys import JwtKey
from iargus.settings.tokens import TokenPolicy

ROOT = JwtKey(kid="env", secret=SecretStr("first-of-the-environment-" * 2))
NOW = datetime(2026, 11, 1, 12)
HOUR = timedelta(hours=1)


def known(**changed: Any) -> bool:
    """Whether a ring verifies with a key of this row."""
    key = fresh_key()
    row = KeyRow(
        **{"kid": key.kid, "wrapped": wrap(key, ROOT), "created_at": NOW - HOUR, "age_s": 3600.0}
        | changed
    )
    ring = RotatingKeyRing(KeyRing([ROOT]), TokenPolicy())
    ring.apply([row], at=NOW)
    return key.kid in ring.verifying


def test_a_key_verifies_while_a_token_needs_it() -> None:
    assert known()
    assert known(retired_at=NOW - HOUR, last_expiry=NOW + HOUR)
    assert known(retired_at=NOW, last_expiry=None), "who has not heard of it still signs"


@pytest.mark.parametrize("last_expiry", [None, NOW - HOUR, NOW])
def test_a_key_whose_last_token_has_ended_is_let_go(last_expiry: datetime | None) -> None:
    assert not known(retired_at=NOW - HOUR, last_expiry=last_expiry)


def test_a_revoked_key_is_refused_although_the_kept_row_is_whole(tmp_path: Path) -> None:
    good, revoked = fresh_key(), fresh_key()
    rows = [
        KeyRow(kid=key.kid, wrapped=wrap(key, ROOT), created_at=NOW - HOUR, age_s=0, revoked_at=at)
        for key, at in ((good, None), (revoked, NOW - HOUR))
    ]
    save_rows(tmp_path / "ring.json", rows)
    ring = RotatingKeyRing(KeyRing([ROOT]), TokenPolicy(), path=tmp_path / "ring.json")
    assert set(ring.verifying) == {"env", good.kid}
