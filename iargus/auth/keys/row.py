"""A row of `iargus_api.signing_keys`, and the same in a file."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

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
