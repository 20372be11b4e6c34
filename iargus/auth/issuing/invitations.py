"""Invitations in the table `iargus_api.invitations`: digests only, never a code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, RowMapping, select, update

from iargus.auth.issuing.addresses import Address
from iargus.auth.issuing.codes import Code, new_invitation, parse_invitation
from iargus.auth.tokens.record import tasks_of, tasks_text
from iargus.errors import InvitationInvalid
from iargus.storage.database import Database
from iargus.storage.schema import invitations


@dataclass(frozen=True)
class Invitation:
    """One row; times are UTC without a zone. `email` and `domain` are None where anybody may use
    it, and `tasks` where its tokens open all of them."""

    id: str
    uses: int
    used: int
    email: str | None
    domain: str | None
    tasks: tuple[str, ...] | None
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class Invitations:
    """Every method raises `DatabaseUnavailable` when the database does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(
        self,
        *,
        uses: int,
        at: datetime,
        expires_at: datetime,
        email: str | None = None,
        domain: str | None = None,
        tasks: tuple[str, ...] | None = None,
    ) -> Code:
        """Add an invitation and give its code, which nobody can read again."""
        while True:
            code = new_invitation()
            values = {
                "id": code.key,
                "digest": code.digest,
                "uses": uses,
                "used": 0,
                "email": email,
                "domain": domain,
                "tasks": tasks_text(tasks),
                "created_at": at,
                "expires_at": expires_at,
            }
            with self._database.transaction() as connection:
                if connection.execute(
                    self._database.dialect.insert_ignoring(invitations).values(values)
                ).rowcount:
                    return code

    def tasks_of(self, text: str) -> tuple[str, ...] | None:
        """The only tasks that the tokens of an invitation open; None for all of them. Whether it
        may still be used is another question.

        Raises:
            InvitationInvalid: there is none with this code.
        """
        code = parse_invitation(text)
        if code is None:
            raise _invalid()
        query = select(invitations).where(invitations.c.id == code.key)
        with self._database.transaction() as connection:
            row = connection.execute(query).mappings().first()
        if not code.proves(None if row is None else row["digest"]) or row is None:
            raise _invalid()
        return tasks_of(row["tasks"])

    def listed(self) -> Sequence[Invitation]:
        """All invitations, the newest first."""
        query = select(invitations).order_by(
            invitations.c.created_at.desc(), invitations.c.id.asc()
        )
        with self._database.transaction() as connection:
            return [_invitation(row) for row in connection.execute(query).mappings()]

    def revoke(self, key: str, at: datetime) -> bool:
        """End an invitation; False when there is none or it was revoked before."""
        with self._database.transaction() as connection:
            result = connection.execute(
                update(invitations)
                .where(invitations.c.id == key, invitations.c.revoked_at.is_(None))
                .values(revoked_at=at)
            )
            return result.rowcount > 0


def use_invitation(connection: Connection, text: str, email: str, at: datetime) -> None:
    """Count one use within the caller's transaction; of several at once no more come through than
    the invitation has uses.

    Raises:
        InvitationInvalid: in the same words whatever the reason is.
    """
    code = parse_invitation(text)
    if code is None:
        raise _invalid()
    counted = connection.execute(
        update(invitations)
        .where(
            invitations.c.id == code.key,
            invitations.c.used < invitations.c.uses,
            invitations.c.expires_at > at,
            invitations.c.revoked_at.is_(None),
        )
        .values(used=invitations.c.used + 1)
    )
    # After the update, whose lock keeps others away; where this raises, it is rolled back.
    query = select(invitations).where(invitations.c.id == code.key)
    row = connection.execute(query).mappings().first()
    proven = code.proves(None if row is None else row["digest"])
    if not proven or row is None or counted.rowcount != 1 or not _is_for(row, email):
        raise _invalid()


def _invalid() -> InvitationInvalid:
    return InvitationInvalid("the invitation is not valid for this person, or not any more")


def _is_for(row: RowMapping, email: str) -> bool:
    address = Address.parse(email)
    if row["email"] is not None and Address.parse(row["email"]) != address:
        return False
    return row["domain"] is None or row["domain"] == address.domain


def _invitation(row: RowMapping) -> Invitation:
    values = {field.name: row[field.name] for field in fields(Invitation)}
    return Invitation(**values | {"tasks": tasks_of(row["tasks"])})
