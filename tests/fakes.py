"""Stand-ins without a server; each passes the conformance tests of the real thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from iargus.auth.counters import Position
from iargus.auth.revocation.changes import Changes
from iargus.auth.tokens.record import TokenRecord


class MemoryTokenStore:
    """A `TokenStore` in a list."""

    def __init__(self) -> None:
        self.records: list[TokenRecord] = []

    def add(self, record: TokenRecord) -> None:
        self.records.append(record)

    def revoke(self, jti: str, at: datetime) -> bool:
        for number, record in enumerate(self.records):
            if record.jti == jti and record.revoked_at is None:
                self.records[number] = replace(record, revoked_at=at)
                return True
        return False

    def revoked(self, at: datetime) -> frozenset[str]:
        return frozenset(
            record.jti
            for record in self.records
            if record.revoked_at is not None and record.expires_at > at
        )

    def changes(self, since: Position, *, at: datetime) -> Changes:
        revoked = {r.jti: r.expires_at for r in self.records if r.jti in self.revoked(at)}
        return Changes(Position(len(revoked), 0), revoked, whole=True)

    def number_revocations(self) -> None:
        pass

    def listed(self, *, email: str | None = None) -> Sequence[TokenRecord]:
        found = [r for r in self.records if email is None or r.holder.email == email]
        return found[::-1]
