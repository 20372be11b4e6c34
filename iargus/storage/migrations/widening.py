"""Which columns of an older table are too narrow, and what they become.

This matters because rows are added with `INSERT IGNORE`, with which MySQL cuts what is too long
and writes 0 where NULL is refused, and only warns.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Table, func, inspect, select, types
from sqlalchemy.dialects import mysql

# A key over longer columns is refused: InnoDB's limit is 3072 bytes, 4 for each character.
MAX_KEY_CHARS = 700


@dataclass(frozen=True)
class Change:
    """One ALTER of one column; `type` and `nullable` are None where they stay."""

    name: str
    existing_type: Any
    existing_nullable: bool
    type: Any = None
    nullable: bool | None = None
    server_default: Any = None
    autoincrement: bool | None = None


def changes(connection: Connection, table: Table, new: Iterable[Column[Any]]) -> list[Change]:
    """What must be altered so that the table holds what this version writes."""
    added = {column.name for column in new}
    found = []
    for there in inspect(connection).get_columns(table.name):
        name = there["name"]
        if name not in table.c:
            continue
        wanted = table.c[name]
        change = Change(
            name,
            there["type"],
            there["nullable"],
            _wider(connection, wanted, there["type"]),
            _nullable(wanted, there, is_new=name in added),
            wanted.server_default,
            _counts_by_itself(connection, wanted, there),
        )
        if (change.type, change.nullable, change.autoincrement) != (None, None, None):
            found.append(change)
    return found


def _nullable(wanted: Column[Any], there: Any, *, is_new: bool) -> bool | None:
    if wanted.primary_key:
        return None
    if is_new and not wanted.nullable:
        return False
    # Where older rows may lack a value, they go on lacking it.
    return True if wanted.nullable and not there["nullable"] else None


def _counts_by_itself(connection: Connection, wanted: Column[Any], there: Any) -> bool | None:
    is_counter = connection.dialect.name == "mysql" and wanted.autoincrement is True
    return True if is_counter and not there.get("autoincrement") else None


def _wider(connection: Connection, wanted: Column[Any], there: Any) -> Any:
    if connection.dialect.name != "mysql" or wanted.primary_key:
        return None  # SQLite holds anything in any column
    if isinstance(wanted.type, types.DateTime):
        return mysql.DATETIME() if isinstance(there, types.Date) else None
    if isinstance(wanted.type, types.Float):
        is_narrow = isinstance(there, types.Integer | types.Numeric)
        return mysql.DOUBLE() if is_narrow and not isinstance(there, mysql.DOUBLE) else None
    if isinstance(wanted.type, types.SmallInteger):
        return wanted.type if isinstance(there, mysql.YEAR | mysql.TINYINT) else None
    if isinstance(wanted.type, types.String) and getattr(wanted.type, "length", None):
        return _wider_text(connection, wanted, there)
    return None


def _wider_text(connection: Connection, wanted: Column[Any], there: Any) -> Any:
    needed = int(getattr(wanted.type, "length", None) or 0)
    length = getattr(there, "length", None)
    is_text = isinstance(there, types.Text | mysql.TINYTEXT | mysql.MEDIUMTEXT | mysql.LONGTEXT)
    if not _is_in_key(wanted):
        is_narrow = not is_text and length is not None and length < needed
        return types.String(needed) if is_narrow else None
    if not is_text and length is not None and needed <= length <= MAX_KEY_CHARS:
        return None
    longest = connection.execute(select(func.max(func.char_length(wanted)))).scalar() or 0
    return types.String(max(needed, longest))


def _is_in_key(column: Column[Any]) -> bool:
    table = column.table
    keys = [*getattr(table, "indexes", ()), *getattr(table, "constraints", ())]
    return any(column.name in key.columns for key in keys)
