"""Reads the tables of a database as one comparable value."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, MetaData, inspect

Shape = dict[str, dict[str, Any]]


def shape(engine: Engine) -> Shape:
    """Tables, and of each: columns with type, nullability and default; keys; indexes."""
    inspector = inspect(engine)
    found: Shape = {}
    for table in sorted(inspector.get_table_names()):
        if table == "alembic_version":
            continue
        found[table] = {
            "columns": {
                column["name"]: (
                    str(column["type"]).split(" COLLATE")[0],
                    column["nullable"],
                    None if column["default"] is None else str(column["default"]).strip("'"),
                )
                for column in inspector.get_columns(table)
            },
            "primary": inspector.get_pk_constraint(table)["constrained_columns"],
            "uniques": {
                key["name"]: key["column_names"] for key in inspector.get_unique_constraints(table)
            },
            "indexes": {
                key["name"]: (key["column_names"], bool(key["unique"]))
                for key in inspector.get_indexes(table)
            },
        }
    return found


def created(engine: Engine, metadata: MetaData) -> Shape:
    """The shape of the tables of `metadata` in an empty database."""
    metadata.create_all(engine)
    return shape(engine)
