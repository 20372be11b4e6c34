"""Columns of an older service's tables in MySQL: which are too narrow, and what they become.

This matters because rows are added with `INSERT IGNORE`, with which MySQL cuts what is too long
and writes 0 where NULL is refused, and only warns.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, Table, func, select, text, types
from sqlalchemy.dialects import mysql

# A key over longer columns is refused: InnoDB's limit is 3072 bytes, 4 for each character.
MAX_KEY_CHARS = 700


def wider_type(connection: Connection, wanted: Column[Any], there: Any) -> Any:
    """See `Dialect.wider_type`."""
    if wanted.primary_key:
        return None
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


def use_utf8mb4(connection: Connection, table: Table) -> None:
    """An older table may know Latin letters only."""
    collation = connection.execute(
        text(
            "SELECT table_collation FROM information_schema.tables "
            "WHERE table_schema = DATABASE() AND table_name = :name"
        ),
        {"name": table.name},
    ).scalar()
    if collation is not None and not str(collation).startswith("utf8mb4"):
        connection.exec_driver_sql(
            f"ALTER TABLE `{table.name}` CONVERT TO CHARACTER SET utf8mb4 "
            "COLLATE utf8mb4_unicode_ci"
        )


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
