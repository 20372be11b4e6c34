"""The signing keys in `iargus_api.signing_keys`, as they are read and changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select, update

from iargus.auth.counters import KEYS, raised
from iargus.auth.keys.row import KeyRow
from iargus.errors import KeysChanged
from iargus.storage.database import Database
from iargus.storage.schema import signing_keys, tokens

_NOW = func.current_timestamp()


@dataclass(frozen=True)
class Use:
    """What a key has signed that is neither over nor revoked: tokens, and people who hold them."""

    tokens: int = 0
    people: int = 0
    last_expiry: datetime | None = None


def read_keys(connection: Connection) -> list[KeyRow]:
    """Every key, the newest first."""
    last = (
        select(func.max(tokens.c.expires_at))
        .where(tokens.c.kid == signing_keys.c.kid, tokens.c.revoked_at.is_(None))
        .scalar_subquery()
    )
    query = select(signing_keys, last.label("last_expiry"), _NOW.label("now"))
    rows = connection.execute(query.order_by(signing_keys.c.id.desc())).mappings()
    return [
        KeyRow(
            kid=row["kid"],
            wrapped=row["wrapped"],
            wrapped_with=row["wrapped_with"],
            created_at=row["created_at"],
            age_s=(row["now"] - row["created_at"]).total_seconds(),
            retired_at=row["retired_at"],
            revoked_at=row["revoked_at"],
            last_expiry=row["last_expiry"],
        )
        for row in rows
    ]


class SqlKeyStore:
    """Every method raises `DatabaseUnavailable` when the database does not answer. Times of rows
    are the database's own, so that the clocks of hosts do not matter."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rows(self) -> list[KeyRow]:
        """Every key, the newest first."""
        with self._database.transaction() as connection:
            return read_keys(connection)

    def rotate(self, new: KeyRow, *, after: str | None) -> None:
        """Add a key that signs from now on, and retire those before.

        Raises:
            KeysChanged: the newest key is no longer `after`, as the caller had read it.
        """
        with self._database.transaction() as connection:
            _lock(connection, after)
            _retire_all(connection)
            _add(connection, new)

    def revoke(self, kid: str, *, after: str | None, new: KeyRow | None) -> None:
        """Refuse a key at once and for ever, and erase its secret; `new` signs in its place.

        Raises:
            KeysChanged: as for `rotate`.
        """
        with self._database.transaction() as connection:
            _lock(connection, after)
            row = signing_keys.c.kid == kid
            gone = {"revoked_at": _NOW, "wrapped": None, "wrapped_with": None}
            if connection.execute(update(signing_keys).where(row).values(gone)).rowcount == 0:
                # A key of the environment: every host refuses it because of the row.
                connection.execute(insert(signing_keys).values(kid=kid, created_at=_NOW, **gone))
            if new is not None:
                _retire_all(connection)
                _add(connection, new)

    def rewrap(self, keys: Sequence[KeyRow], *, after: str | None) -> None:
        """Put the same keys in, wrapped anew.

        Raises:
            KeysChanged: as for `rotate`.
        """
        with self._database.transaction() as connection:
            _lock(connection, after)
            for key in keys:
                there = (signing_keys.c.kid == key.kid) & signing_keys.c.wrapped.is_not(None)
                values = {"wrapped": key.wrapped, "wrapped_with": key.wrapped_with}
                connection.execute(update(signing_keys).where(there).values(values))

    def erase_expired(self) -> int:
        """Erase the secrets that no token has needed for a day; gives how many."""
        with self._database.transaction() as connection:
            now = connection.execute(select(_NOW)).scalar_one() - timedelta(days=1)
            expired = [
                row.kid
                for row in read_keys(connection)
                if row.wrapped is not None and row.revoked_at is None and row.is_expired(now)
            ]
            if expired:
                raised(connection, KEYS)
                old = signing_keys.c.kid.in_(expired)
                connection.execute(update(signing_keys).where(old).values(wrapped=None))
            return len(expired)

    def uses(self, at: datetime) -> dict[str, Use]:
        """What each key has signed that is valid at `at`, by `kid`."""
        alive = (tokens.c.expires_at > at) & tokens.c.revoked_at.is_(None)
        people = func.count(tokens.c.email.distinct())
        query = select(tokens.c.kid, func.count(), people, func.max(tokens.c.expires_at))
        with self._database.transaction() as connection:
            rows = connection.execute(query.where(alive).group_by(tokens.c.kid))
            return {kid: Use(count, persons, last) for kid, count, persons, last in rows}


def _lock(connection: Connection, after: str | None) -> None:
    raised(connection, KEYS)
    newest = select(signing_keys.c.kid).order_by(signing_keys.c.id.desc()).limit(1)
    found = connection.execute(newest.with_for_update()).scalar()
    if found != after:
        raise KeysChanged("somebody else has just changed the keys; see `iargus keys list`")


def _retire_all(connection: Connection) -> None:
    unretired = signing_keys.c.retired_at.is_(None)
    connection.execute(update(signing_keys).where(unretired).values(retired_at=_NOW))


def _add(connection: Connection, new: KeyRow) -> None:
    values = {"kid": new.kid, "wrapped": new.wrapped, "wrapped_with": new.wrapped_with}
    connection.execute(insert(signing_keys).values(created_at=_NOW, **values))
