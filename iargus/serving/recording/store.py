"""Recorded predictions and feedback in the database `iargus_api`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from iargus.storage.database import Database
from iargus.storage.dialects import dialect_of
from iargus.storage.paging import PAGE_ROWS, decoded, pages
from iargus.storage.schema import feedback, predictions


class Recorded(NamedTuple):
    """One answer on its way to the database; `payload` and `answer` are JSON, as they were sent.

    Tens of thousands may wait in memory, and the thread that answers makes them.
    """

    prediction_id: str
    task: str
    model_version: str
    jti: str
    subject: str
    created_at: datetime
    payload: bytes
    answer: bytes


@dataclass(frozen=True)
class Prediction:
    """One answer as it was kept; `created_at` is UTC without a zone."""

    prediction_id: str
    task: str
    model_version: str
    jti: str
    subject: str
    created_at: datetime
    payload: dict[str, Any]
    answer: dict[str, Any]


# As SQLAlchemy writes times into SQLite, where texts are compared with texts; MySQL reads it too.
_TIME = "%Y-%m-%d %H:%M:%S.%f"


def _add(connection: Connection, rows: Sequence[Recorded]) -> None:
    # One statement for all rows, and none of SQLAlchemy's conversions: a driver gives Python's lock
    # away and takes it again for every statement, and each time stands in line behind the thread
    # that answers requests.
    values: list[str] = []
    at, at_text = None, ""
    for row in rows:
        # Whole seconds: the same for most rows of a batch.
        if row.created_at != at:
            at = row.created_at
            at_text = at.strftime(_TIME)
        values += row[:5]
        values += (at_text, row.payload.decode(), row.answer.decode())
    statement = dialect_of(connection).insert_text("predictions", Recorded._fields, len(rows))
    connection.exec_driver_sql(statement, tuple(values))


class SqlPredictionStore:
    """Predictions in MySQL or SQLite; every method raises `DatabaseUnavailable` in an outage."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, rows: Sequence[Recorded]) -> None:
        """Record answers; one that is there already is passed over, so a repetition is safe."""
        with self._database.transaction() as connection:
            _add(connection, rows)

    def find(self, prediction_id: str) -> Prediction | None:
        """The prediction with this number, or None."""
        query = select(predictions).where(predictions.c.prediction_id == prediction_id)
        with self._database.transaction() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else Prediction(**row)

    def answered(
        self, task: str, version: str, *, start: datetime, end: datetime, size: int = PAGE_ROWS
    ) -> Iterator[list[tuple[dict[str, Any], dict[str, Any]]]]:
        """What one version of a task's model was asked and answered with
        `start <= created_at < end`, in order of time, in lists of at most `size`; none when it
        answered nothing.

        Answers may be recorded meanwhile: none comes twice, and one whose time has been passed is
        not among them. No connection is held between two lists.
        """
        table = predictions.c
        wanted = [table.model_version == version, table.created_at >= start, table.created_at < end]
        read = [table.created_at, table.prediction_id, table.payload, table.answer]
        for page in pages(self._database, read, wanted, task=(table.task, task), size=size):
            asked, answers = (decoded([row[place] for row in page]) for place in (2, 3))
            yield list(zip(asked, answers, strict=True))

    def label(self, prediction_id: str) -> str | None:
        """The label that feedback gave this prediction, or None."""
        query = select(feedback.c.label).where(feedback.c.prediction_id == prediction_id)
        with self._database.transaction() as connection:
            label: str | None = connection.execute(query).scalar()
        return label

    def add_label(self, prediction_id: str, label: str, at: datetime) -> bool:
        """Keep the first label of a prediction; False when it had one before."""
        values = {"prediction_id": prediction_id, "label": label, "created_at": at}
        with self._database.transaction() as connection:
            known = connection.execute(
                select(feedback.c.label).where(feedback.c.prediction_id == prediction_id)
            ).first()
            if known is not None:
                return False
            # Of two that come at once, the unique key lets one in.
            return (
                connection.execute(
                    self._database.dialect.insert_ignoring(feedback), [values]
                ).rowcount
                > 0
            )
