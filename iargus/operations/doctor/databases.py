"""Databases: do they answer, have they their tables, do they know what time it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from iargus.clock import Clock, to_naive_utc
from iargus.errors import DatabaseUnavailable, SchemaMissing
from iargus.operations.doctor.finding import Finding, ok, problem, warning
from iargus.storage.database import LABELLED, Database
from iargus.storage.migrate import check_schema
from iargus.storage.schema import api_metadata, labelled_metadata

MAX_CLOCK_DIFFERENCE_S = 30


def examine_database(database: Database, clock: Clock) -> Iterator[Finding]:
    """Look at one of the two databases."""
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
    # How long the answer took is no fault of either clock.
    difference_s = max((before - theirs).total_seconds(), (theirs - after).total_seconds(), 0.0)
    if difference_s <= MAX_CLOCK_DIFFERENCE_S:
        return ok(subject, f"{difference_s:.0f} s from this machine's")
    return warning(
        subject,
        f"the server's clock and this machine's differ by {difference_s:.0f} s",
        "let NTP set both clocks; tokens and months depend on them",
    )
