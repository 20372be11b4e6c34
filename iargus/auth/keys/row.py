"""A row of `iargus_api.signing_keys`, and the last known rows in a file, for a start while the
database is away.

The file holds what the table holds, so nothing in it is of use without the secrets of the
environment.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from iargus.atomic_write import OWNER_ONLY, staged

logger = logging.getLogger(__name__)

# Every worker has read a key before any worker signs with it; longer where they read seldom.
SIGNS_AFTER_S = 2.0
# Who has not heard yet that a key was retired may still issue with it.
_LATE = timedelta(minutes=1)


class KeyRow(BaseModel):
    """A key, wrapped; times are UTC without a zone.

    `wrapped` is None once the secret was erased, and for a key of the environment that was
    revoked. `age_s` is how long ago the key was made, by the one clock of the database.
    `last_expiry` is when the last token ends that this key signed and that is not revoked.
    """

    model_config = ConfigDict(frozen=True)

    kid: str
    wrapped: str | None
    wrapped_with: str | None = None
    created_at: datetime
    age_s: float
    retired_at: datetime | None = None
    revoked_at: datetime | None = None
    last_expiry: datetime | None = None

    def is_expired(self, at: datetime) -> bool:
        """Whether no token needs this key any more."""
        if self.revoked_at is not None or self.wrapped is None:
            return True
        if self.retired_at is None or at <= self.retired_at + _LATE:
            return False
        return self.last_expiry is None or self.last_expiry <= at


_ROWS = TypeAdapter(list[KeyRow])


def load_rows(path: Path) -> list[KeyRow]:
    """The saved rows; none where there is no file, or one that cannot be read."""
    try:
        return _ROWS.validate_json(path.read_bytes())
    except FileNotFoundError:
        return []
    except (OSError, ValidationError) as error:
        logger.error("%s cannot be read and is left aside: %s", path, type(error).__name__)
        return []


def save_rows(path: Path, rows: Sequence[KeyRow]) -> None:
    """Save the rows, readable by the owner only; a full disk is only logged."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with staged(path, mode=OWNER_ONLY) as file:
            file.write(_ROWS.dump_json(list(rows)))
    except OSError as error:
        logger.error("the key ring cannot be saved in %s: %s", path, error)
