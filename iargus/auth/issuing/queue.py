"""Who asked for a mail with a link, in `iargus_api.confirmations`, until the mail is sent.

A request is one row that waits. Whoever sends takes a row for a while (a lease), so that no other
worker sends the same mail; when that worker dies, the lease ends, and another one sends it,
once. Links are made when a mail is written, so that no secret ever lies in the database.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from iargus.auth.issuing.addresses import person_of
from iargus.auth.issuing.allowance import MAILS, acquire_lock
from iargus.auth.issuing.codes import Code, new_link
from iargus.auth.issuing.decisions import BACKOFF, Facts, State, Verdict, due, facts_of
from iargus.auth.tokens.record import Grant, Holder, tasks_text
from iargus.auth.tokens.service import PLAIN
from iargus.storage.database import Database
from iargus.storage.schema import confirmation_links, confirmations

# Longer than the window that mails are counted in.
_KEPT = timedelta(days=1)

Decide = Callable[[Facts], Verdict]


@dataclass(frozen=True)
class Claimed:
    """A request that is this worker's; `link` is None where it gets no mail, and `verdict` says
    why."""

    id: int
    email: str
    attempts: int
    verdict: Verdict
    link: Code | None


class ConfirmationQueue:
    """Every method raises `DatabaseUnavailable` when the database does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, holder: Holder, *, at: datetime, expires_at: datetime, grant: Grant = PLAIN
    ) -> None:
        """Add a request: one row, for any address. Of the grant, days and tasks are stored."""
        with self._database.transaction() as connection:
            connection.execute(
                insert(confirmations).values(
                    person=person_of(holder.email),
                    first_name=holder.first_name,
                    surname=holder.surname,
                    email=holder.email,
                    ttl_days=grant.ttl_days,
                    tasks=tasks_text(grant.tasks),
                    requested_at=at,
                    expires_at=expires_at,
                    state=State.WAITING,
                    next_attempt_at=at,
                    attempts=0,
                )
            )

    def claim(self, at: datetime, *, lease: timedelta, decide: Decide) -> Claimed | None:
        """Take the oldest request that is due, and decide it; None when there is none."""
        with self._database.transaction() as connection:
            # Apart, and before any lock: nearly always there is nothing.
            if connection.execute(due(at)).first() is None:
                return None
        with self._database.transaction() as connection:
            acquire_lock(connection, MAILS)
            row = connection.execute(due(at)).mappings().first()
            if row is None:
                return None
            verdict = decide(facts_of(connection, row, at))
            link = new_link() if verdict is Verdict.SEND else None
            if link is None:
                _change(connection, row["id"], state=State.ENDED)
            else:
                state = State.SENDING if row["state"] == State.WAITING else State.RESENDING
                attempts = row["attempts"] + 1
                _change(
                    *(connection, row["id"]),
                    state=state,
                    attempts=attempts,
                    mailed_at=at,
                    next_attempt_at=at + lease,
                )
                connection.execute(
                    insert(confirmation_links).values(
                        selector=link.key, digest=link.digest, confirmation_id=row["id"]
                    )
                )
            return Claimed(row["id"], row["email"], row["attempts"] + 1, verdict, link)

    def mark_sent(self, claimed: Claimed) -> None:
        """Remember that the mail server has accepted the mail."""
        with self._database.transaction() as connection:
            _change(connection, claimed.id, state=State.SENT)

    def mark_failed(self, claimed: Claimed, at: datetime) -> None:
        """Let the request wait for its next attempt, longer after each."""
        at += BACKOFF.delay(claimed.attempts)
        self._not_mailed(claimed, state=State.WAITING, next_attempt_at=at)

    def mark_refused(self, claimed: Claimed) -> None:
        """End a request whose address the mail server refuses for good."""
        self._not_mailed(claimed, state=State.ENDED)

    def _not_mailed(self, claimed: Claimed, **values: object) -> None:
        """It counts as no mail. Where another worker has taken it since, it is left to that one."""
        with self._database.transaction() as connection:
            connection.execute(
                update(confirmations)
                .where(confirmations.c.id == claimed.id)
                .where(confirmations.c.attempts == claimed.attempts)
                .values(mailed_at=None, **values)
            )

    def forget(self, at: datetime) -> None:
        """Delete the requests, with names and addresses, whose link expired a day ago."""
        with self._database.transaction() as connection:
            old = select(confirmations.c.id).where(confirmations.c.expires_at < at - _KEPT)
            ids = connection.execute(old.limit(1000)).scalars().all()
            if ids:
                links, requests = confirmation_links.c.confirmation_id, confirmations.c.id
                connection.execute(delete(confirmation_links).where(links.in_(ids)))
                connection.execute(delete(confirmations).where(requests.in_(ids)))


def _change(connection: Connection, request: int, **values: object) -> None:
    connection.execute(update(confirmations).where(confirmations.c.id == request).values(**values))
