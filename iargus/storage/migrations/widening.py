"""Which columns of an older service's table must be altered, and how."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Table, inspect

from iargus.storage.dialects import dialect_of


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
    dialect = dialect_of(connection)
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
            dialect.wider_type(connection, wanted, there["type"]),
            _nullable(wanted, there, is_new=name in added),
            wanted.server_default,
            True if dialect.lacks_counter(wanted, there) else None,
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
