"""The record of all tokens for administrators: found, a page at a time, and revoked in numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, true, update

from iargus.auth.counters import REVOKED, raised
from iargus.auth.tokens.record import TokenRecord
from iargus.auth.tokens.store import token_record
from iargus.errors import TokenUnknown
from iargus.storage.database import Database
from iargus.storage.schema import signing_keys, tokens

# One transaction of a revocation of many: short enough that nobody waits for it.
REVOKED_AT_ONCE = 500


@dataclass(frozen=True)
class Wanted:
    """Which tokens are meant; what is None does not matter. Times are UTC without a zone."""

    email: str | None = None
    jti: str | None = None
    digest: str | None = None
    kid: str | None = None
    issued_before: datetime | None = None

    @property
    def everything(self) -> bool:
        """Whether nothing is asked for, which is every token."""
        return self == Wanted()


@dataclass(frozen=True)
class Page:
    """Some records, the newest first; `cursor` is where the next page begins, None at the end."""

    records: Sequence[TokenRecord]
    cursor: int | None


class SqlTokenRegister:
    """Every method raises `DatabaseUnavailable` when the database does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, wanted: Wanted, *, limit: int, cursor: int | None = None) -> Page:
        """At most `limit` records, the newest first, from `cursor` on. Wherever it begins, a page
        costs the same, and no token that is issued in between moves another."""
        query = select(tokens).where(_condition(wanted)).order_by(tokens.c.id.desc())
        if cursor is not None:
            query = query.where(tokens.c.id < cursor)
        with self._database.transaction() as connection:
            rows = connection.execute(query.limit(limit + 1)).mappings().all()
        more = len(rows) > limit
        shown = rows[:limit]
        return Page([token_record(row) for row in shown], shown[-1]["id"] if more else None)

    def find(self, jti: str) -> TokenRecord:
        """The record of one token.

        Raises:
            TokenUnknown: there is none.
        """
        found = self.page(Wanted(jti=jti), limit=1).records
        if not found:
            raise TokenUnknown("no token with this id was issued")
        return found[0]

    def revoked_kids(self) -> frozenset[str]:
        """The keys whose tokens are all refused."""
        query = select(signing_keys.c.kid).where(signing_keys.c.revoked_at.is_not(None))
        with self._database.transaction() as connection:
            return frozenset(connection.execute(query).scalars())

    def count(self, wanted: Wanted, at: datetime) -> tuple[int, int]:
        """How many tokens a revocation at `at` would end, and how many people hold them."""
        people = func.count(tokens.c.email.distinct())
        query = select(func.count(), people).where(_condition(wanted), _alive(at))
        with self._database.transaction() as connection:
            row = connection.execute(query).one()
        return row[0], row[1]

    def revoke(self, wanted: Wanted, at: datetime) -> Iterator[int]:
        """Revoke what is valid at `at`, some hundred at a time; gives how many each time. Tokens
        that are issued while it runs stay."""
        with self._database.transaction() as connection:
            below = (connection.execute(select(func.max(tokens.c.id))).scalar() or 0) + 1
        while True:
            meant = and_(_condition(wanted), _alive(at), tokens.c.id < below)
            query = select(tokens.c.id).where(meant).order_by(tokens.c.id.desc())
            with self._database.transaction() as connection:
                ids = connection.execute(query.limit(REVOKED_AT_ONCE)).scalars().all()
                if not ids:
                    return
                rows = and_(tokens.c.id.in_(ids), tokens.c.revoked_at.is_(None))
                marking = update(tokens).where(rows).values(revoked_at=at)
                changed = connection.execute(marking).rowcount
                # Their numbers while the counter is held; a token that another has just revoked
                # has one, and gets a later one.
                number = raised(connection, REVOKED)
                numbering = update(tokens).where(tokens.c.id.in_(ids))
                connection.execute(numbering.values(revoked_seq=number))
            below = ids[-1]
            yield changed


def _alive(at: datetime) -> ColumnElement[bool]:
    return and_(tokens.c.revoked_at.is_(None), tokens.c.expires_at > at)


def _condition(wanted: Wanted) -> ColumnElement[bool]:
    equal = {
        tokens.c.email: wanted.email,
        tokens.c.jti: wanted.jti,
        tokens.c.token: wanted.digest,
        tokens.c.kid: wanted.kid,
    }
    parts = [column == value for column, value in equal.items() if value is not None]
    if wanted.issued_before is not None:
        parts.append(tokens.c.creation_date < wanted.issued_before)
    return and_(true(), *parts)
