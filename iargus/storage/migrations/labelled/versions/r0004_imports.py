"""Every import is known, and every row that it added, so that it can be undone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from iargus.storage.migrations.adopt import create_or_complete
from iargus.storage.migrations.types import OPTIONS, ROW_ID

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

metadata = sa.MetaData()

sa.Table(
    "imports",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True, autoincrement=True),
    sa.Column("task", sa.String(64), nullable=False),
    sa.Column("file", sa.String(255), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("source", sa.String(64), nullable=False),
    sa.Column("observed_at", sa.DateTime),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("started_at", sa.DateTime, nullable=False),
    sa.Column("finished_at", sa.DateTime),
    sa.Column("undone_at", sa.DateTime),
    sa.Column("rows_added", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("rows_known", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("rows_rejected", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("rows_removed", sa.BigInteger, nullable=False, server_default="0"),
    **OPTIONS,
)


def upgrade() -> None:
    connection = op.get_bind()
    create_or_complete(connection, metadata)
    # MySQL keeps what an upgrade did before it was cut off, so any of these may be there.
    for table in ("car_details", "labelled_examples"):
        if "import_id" not in {
            column["name"] for column in sa.inspect(connection).get_columns(table)
        }:
            op.add_column(table, sa.Column("import_id", sa.BigInteger))
        name = f"ix_{table}_import_id"
        if name not in {index["name"] for index in sa.inspect(connection).get_indexes(table)}:
            op.create_index(name, table, ["import_id"])
