"""Creates tables, or completes those that an older service made: nothing is ever dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, Connection, Index, MetaData, Table, UniqueConstraint, inspect

from iargus.errors import SchemaMissing
from iargus.storage.dialects import dialect_of

# Gives a value to new columns of the rows that are there already.
Fill = Callable[[Connection], None]


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


def create_or_complete(
    connection: Connection, metadata: MetaData, *, fill: Mapping[str, Fill] | None = None
) -> None:
    """Create each table, or give a table of that name what it lacks.

    Missing columns, indexes and unique keys are added, columns that are too narrow are widened.
    Columns that are more, and all rows, stay.

    Raises:
        SchemaMissing: rows would need a value that is not known.
    """
    for table in metadata.sorted_tables:
        if not inspect(connection).has_table(table.name):
            table.create(connection)
        else:
            _complete(connection, table, (fill or {}).get(table.name))


def _complete(connection: Connection, table: Table, fill: Fill | None) -> None:
    operations = Operations(MigrationContext.configure(connection))
    dialect_of(connection).prepare_older(connection, table)
    there = {column["name"] for column in inspect(connection).get_columns(table.name)}
    new = [column for column in table.columns if column.name not in there]
    for column in new:
        # Empty at first, or with its default; `fill` comes before NOT NULL does.
        operations.add_column(
            table.name,
            Column(column.name, column.type, server_default=_default(column), nullable=True),
        )
    if fill is not None:
        fill(connection)
    altered = _changes(connection, table, new)
    for change in altered:
        if change.nullable is False:
            _require_values(connection, table, change)
    keys = [key for key in _keys(table) if not _is_there(connection, table, key)]
    if not altered and not keys:
        return
    with operations.batch_alter_table(table.name) as batch:
        for change in altered:
            batch.alter_column(
                change.name,
                type_=change.type,
                nullable=change.nullable,
                existing_type=change.existing_type,
                existing_nullable=change.existing_nullable,
                existing_server_default=change.server_default,
                autoincrement=change.autoincrement,
            )
        for key in keys:
            names = [column.name for column in key.columns]
            if isinstance(key, UniqueConstraint):
                batch.create_unique_constraint(str(key.name), names)
            else:
                batch.create_index(str(key.name), names, unique=key.unique)


def _default(column: Column[object]) -> str | None:
    argument = getattr(column.server_default, "arg", None)
    return argument if isinstance(argument, str) else None


def _keys(table: Table) -> list[UniqueConstraint | Index]:
    uniques = [key for key in table.constraints if isinstance(key, UniqueConstraint)]
    return sorted([*uniques, *table.indexes], key=lambda key: str(key.name))


def _is_there(connection: Connection, table: Table, key: UniqueConstraint | Index) -> bool:
    names = [column.name for column in key.columns]
    inspector = inspect(connection)
    uniques = [known["column_names"] for known in inspector.get_unique_constraints(table.name)]
    if isinstance(key, Index):
        return names in [known["column_names"] for known in inspector.get_indexes(table.name)]
    indexes = inspector.get_indexes(table.name)
    return names in uniques or names in [i["column_names"] for i in indexes if i["unique"]]


def _require_values(connection: Connection, table: Table, change: Change) -> None:
    column = table.c[change.name]
    empty = connection.execute(table.select().where(column.is_(None)).limit(1)).first()
    if empty is not None:
        raise SchemaMissing(
            f"the table {table.name} has rows but no column {change.name}, and nobody knows "
            "its values: add the column and its values, then run `iargus db upgrade` again"
        )


def _changes(connection: Connection, table: Table, new: Iterable[Column[Any]]) -> list[Change]:
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
