"""What a process learns at a refresh: newly revoked tokens, and the keys where they changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from iargus.auth.counters import Position
from iargus.auth.keys.row import KeyRow


@dataclass(frozen=True)
class Changes:
    """What came after a position: `revoked` gives the end of each newly revoked token by `jti`, of
    all revoked ones where `whole`; `keys` is None where the ring is as it was."""

    position: Position
    revoked: Mapping[str, datetime]
    whole: bool
    keys: Sequence[KeyRow] | None = None


class ChangeSource(Protocol):
    """Where changes are read from; every method raises `DatabaseUnavailable` in an outage."""

    def changes(self, since: Position, *, at: datetime) -> Changes: ...

    def number_revocations(self) -> None: ...
