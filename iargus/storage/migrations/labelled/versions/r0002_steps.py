"""The steps of a run that is not over yet, and when a mail is to be tried again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from iargus.storage.migrations.adopt import create_or_complete
from iargus.storage.migrations.types import OPTIONS

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

metadata = sa.MetaData()

sa.Table(
    "monitoring_steps",
    metadata,
    sa.Column("task", sa.String(64), primary_key=True),
    sa.Column("period", sa.String(7), primary_key=True),
    sa.Column("step", sa.String(16), primary_key=True),
    sa.Column("taken_at", sa.DateTime, nullable=False),
    sa.Column("facts", sa.JSON, nullable=False),
    **OPTIONS,
)


def upgrade() -> None:
    connection = op.get_bind()
    create_or_complete(connection, metadata)
    # MySQL keeps what an upgrade did before it was cut off, so the column may be there.
    there = {column["name"] for column in sa.inspect(connection).get_columns("outbox")}
    if "next_attempt_at" not in there:
        op.add_column("outbox", sa.Column("next_attempt_at", sa.DateTime))
