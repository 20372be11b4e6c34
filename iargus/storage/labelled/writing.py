"""How labelled rows are written: which columns, and in one statement for many.

It passes over rows whose key is there already and needs the INSERT privilege alone: the account of
the API has no other on these tables.

Values arrive as the driver's: texts, numbers, None; times and JSON objects as text. That, and
no dict for each row, is what makes 10,000 and more rows a second.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Table

from iargus.storage.dialects import dialect_of
from iargus.storage.dialects.base import Plain

# The columns that are written, in the order of a row; in `car_details` behind the features.
CAR_DETAILS: tuple[str, ...] = ("price", "date_added", "row_key", "source")
EXAMPLES: tuple[str, ...] = ("task", "observed_at", "payload", "label", "source", "row_key")


def insert_rows(
    connection: Connection, table: Table, names: tuple[str, ...], rows: Sequence[Plain]
) -> int:
    """Insert all but the rows whose unique key is there already; say how many were inserted."""
    return dialect_of(connection).insert_rows(connection, table, names, rows)
