"""Which request is due, and what its decision rests on."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, Select, func, select

from iargus.auth.issuing.allowance import live_tokens
from iargus.auth.issuing.decisions import Facts
from iargus.auth.issuing.states import LAPSES
from iargus.storage.schema import confirmations

_HOUR = timedelta(hours=1)


def due(at: datetime) -> Select[tuple[object, ...]]:
    """The oldest request that somebody should look after at `at`."""
    return (
        select(confirmations)
        .where(confirmations.c.state.in_(list(LAPSES)), confirmations.c.next_attempt_at <= at)
        .order_by(confirmations.c.id)
        .limit(1)
    )


def facts_of(connection: Connection, row: RowMapping, at: datetime) -> Facts:
    """What is known of a request, counted within the transaction that took the turn of mails."""
    others = (confirmations.c.mailed_at > at - _HOUR, confirmations.c.id != row["id"])
    mails = select(func.count()).select_from(confirmations).where(*others)
    to_person = mails.where(confirmations.c.person == row["person"])
    return Facts(
        email=row["email"],
        is_expired=row["expires_at"] <= at,
        lapses=LAPSES[row["state"]],
        mails_to_person=connection.execute(to_person).scalar_one(),
        mails_to_all=connection.execute(mails).scalar_one(),
        live_tokens=live_tokens(connection, row["email"], at),
    )
