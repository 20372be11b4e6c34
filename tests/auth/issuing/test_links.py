"""A link is good until it was used, and of several who use it at once one comes through."""

from __future__ import annotations

from datetime import timedelta

import pytest

from iargus.auth.issuing.codes import link_text
from iargus.auth.issuing.decisions import Verdict
from iargus.auth.issuing.links import find_confirmation, use_confirmation
from iargus.auth.issuing.queue import ConfirmationQueue
from iargus.clock import to_naive_utc
from iargus.errors import ConfirmationInvalid
from iargus.storage.database import Database
from tests.auth.issuing.conftest import ADA
from tests.auth.tokens.conftest import StillClock


def test_a_link_that_two_have_looked_at_is_used_once(database: Database, clock: StillClock) -> None:
    now, queue = to_naive_utc(clock()), ConfirmationQueue(database)
    queue.add(ADA, at=now, expires_at=now + timedelta(minutes=30))
    claimed = queue.claim(now, lease=timedelta(minutes=1), decide=lambda _: Verdict.SEND)
    assert claimed is not None
    assert claimed.link is not None
    first, second = (find_confirmation(database, link_text(claimed.link), now) for _ in range(2))
    with database.transaction() as connection:
        use_confirmation(connection, first, now)
    with (
        pytest.raises(ConfirmationInvalid, match="used already"),
        database.transaction() as connection,
    ):
        use_confirmation(connection, second, now)
