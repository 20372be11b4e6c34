"""Many rows in one statement: the server takes one JSON text apart.

mysql-connector writes each value of each row into the statement in Python, which makes 20,000 rows
a second at best; with one value for all rows it is four times that. MySQL knows JSON_TABLE since
8.0.4, MariaDB since 10.6. INSERT IGNORE needs the INSERT privilege alone, which is all that the
account of the API has on these tables; `ON DUPLICATE KEY UPDATE` would need UPDATE.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, TextClause, text, types

from iargus.storage.dialects.base import Plain

MAX_ROWS = 5_000
# A statement must stay below `max_allowed_packet`, 16 MiB on MariaDB by default.
MAX_CHARS = 500_000


def insert_rows(
    connection: Connection, table: Table, names: tuple[str, ...], rows: Sequence[Plain]
) -> int:
    """See `Dialect.insert_rows`."""
    added = 0
    for batch in _batches(rows, _longest(table, names)):
        document = json.dumps(batch, ensure_ascii=False, allow_nan=False)
        added += connection.execute(_statement(table, names), {"rows": document}).rowcount
    return added


@cache
def _statement(table: Table, names: tuple[str, ...]) -> TextClause:
    # Only names of tables and columns from `iargus.storage.schema` are written into this text.
    columns = ", ".join(
        f"c{number} {_json_type(table.c[name].type)} PATH '$[{number}]'"
        for number, name in enumerate(names)
    )
    targets = ", ".join(f"`{name}`" for name in names)
    return text(
        f"INSERT IGNORE INTO `{table.name}` ({targets}) "  # noqa: S608
        f"SELECT r.* FROM JSON_TABLE(:rows, '$[*]' COLUMNS ({columns})) AS r"
    ).execution_options(preserve_rowcount=True)


def _json_type(kind: types.TypeEngine[Any]) -> str:
    if isinstance(kind, types.DateTime):
        return "VARCHAR(26)"  # MySQL makes no DATETIME of a JSON string, but does of a text
    if isinstance(kind, types.Float):
        return "DOUBLE"
    if isinstance(kind, types.Integer):
        return "BIGINT"
    if isinstance(kind, types.JSON):
        return "LONGTEXT CHARACTER SET utf8mb4"
    return f"VARCHAR({getattr(kind, 'length', 255)}) CHARACTER SET utf8mb4"


def _longest(table: Table, names: tuple[str, ...]) -> int | None:
    """Which column has texts without a limit."""
    found = [at for at, name in enumerate(names) if isinstance(table.c[name].type, types.JSON)]
    return found[0] if found else None


def _batches(rows: Sequence[Plain], longest: int | None) -> Iterator[Sequence[Plain]]:
    if longest is None:
        for start in range(0, len(rows), MAX_ROWS):
            yield rows[start : start + MAX_ROWS]
        return
    batch: list[Plain] = []
    size = 0
    for row in rows:
        if batch and (len(batch) >= MAX_ROWS or size + len(row[longest]) > MAX_CHARS):
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += len(row[longest])
    if batch:
        yield batch
