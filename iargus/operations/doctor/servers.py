"""The servers that the environment names: both databases, Redis, and the mail server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from iargus.clock import Clock, to_naive_utc
from iargus.errors import CountersUnavailable, DatabaseUnavailable, MailNotSent, SchemaMissing
from iargus.mailing.smtp import check_smtp
from iargus.operations.doctor.finding import Finding, ok, problem, warning
from iargus.ratelimit.factory import check_redis
from iargus.settings import Settings
from iargus.storage.database import LABELLED, Database
from iargus.storage.migrate import check_schema
from iargus.storage.schema import api_metadata, labelled_metadata
from iargus.text import counted

MAX_CLOCK_DIFFERENCE_S = 30
SMTP_TIMEOUT_S = 10.0
# A connection made for this check alone takes longer than a request may wait.
REDIS_TIMEOUT_S = 2.0


def examine_database(database: Database, clock: Clock) -> Iterator[Finding]:
    """Examine one of the two databases: does it answer, has it its tables, is its clock right."""
    subject = f"database {database.name}"
    try:
        check_schema(database)
    except SchemaMissing as error:
        by_hand = "" if database.dialect.is_embedded else ", or db_creation.sql as an administrator"
        yield problem(subject, str(error), f"run `iargus db upgrade`{by_hand}")
        return
    except DatabaseUnavailable as error:
        yield problem(subject, str(error), database.dialect.outage_advice(database.engine))
        return
    yield ok(subject, f"the tables are those of this version; {_row_counts(database)}")
    query = database.dialect.server_time()
    if query is not None:
        yield _examine_clock(database, query, clock)


def _row_counts(database: Database) -> str:
    metadata = labelled_metadata if database.name == LABELLED else api_metadata
    counts = []
    with database.transaction() as connection:
        for table in metadata.sorted_tables:
            number = connection.execute(select(func.count()).select_from(table)).scalar_one()
            counts.append(f"{table.name} {number:,}")
    return ", ".join(counts)


def _examine_clock(database: Database, query: ColumnElement[datetime], clock: Clock) -> Finding:
    subject = f"clock of {database.name}"
    with database.transaction() as connection:
        before = to_naive_utc(clock())
        theirs = connection.execute(select(query)).scalar_one()
    after = to_naive_utc(clock())
    assert isinstance(theirs, datetime)
    # The time that the answer took is no difference.
    difference_s = max((before - theirs).total_seconds(), (theirs - after).total_seconds(), 0.0)
    if difference_s <= MAX_CLOCK_DIFFERENCE_S:
        return ok(subject, f"{difference_s:.0f} s from this machine's")
    return warning(
        subject,
        f"the server's clock and this machine's differ by {difference_s:.0f} s",
        "let NTP set both clocks; tokens and months depend on them",
    )


def examine_redis(settings: Settings, *, timeout_s: float = REDIS_TIMEOUT_S) -> Iterator[Finding]:
    """Examine whether Redis counts, where it is named."""
    url = settings.environment.redis_url
    if url is None:
        return
    try:
        check_redis(url, timeout_s=timeout_s)
    except CountersUnavailable as error:
        yield warning(
            "Redis",
            f"it does not count, so limits hold for each host by itself: {error}",
            "check REDIS_URL, the server, and that the account may run scripts",
        )
    else:
        yield ok("Redis", "counts requests over all hosts")


def examine_mail(settings: Settings) -> Iterator[Finding]:
    """Examine the mail server: reached, encrypted, logged in; nothing is sent."""
    server = settings.environment.smtp
    if server is None:
        yield warning(
            "mail",
            "SMTP_SERVER is not set: alerts stay in the outbox",
            "set SMTP_SERVER, SMTP_RECIPIENT and the server's SMTP_PORT, SMTP_LOGIN, SMTP_PWD",
        )
        return
    try:
        check_smtp(server, min(SMTP_TIMEOUT_S, settings.policy.mail.timeout_s))
    except MailNotSent as error:
        yield problem("mail", str(error), "check the SMTP_* variables and the mail server")
        return
    taken = "answers and takes the login" if server.login else "answers"
    people = counted(len(server.recipients), "recipient")
    yield ok("mail", f"{server.host}:{server.port} {taken}; mails go to {people}")
