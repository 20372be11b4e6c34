"""Signing keys, numbered revocations, and what a token may do."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from iargus.storage.dialects import dialect_of
from iargus.storage.migrations.adopt import create_or_complete
from iargus.storage.migrations.types import OPTIONS, ROW_ID

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

metadata = sa.MetaData()

sa.Table(
    "signing_keys",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True, autoincrement=True),
    sa.Column("kid", sa.String(64), nullable=False),
    sa.Column("wrapped", sa.String(255)),
    sa.Column("wrapped_with", sa.String(64)),
    sa.Column("created_at", sa.DateTime, nullable=False),
    sa.Column("retired_at", sa.DateTime),
    sa.Column("revoked_at", sa.DateTime),
    sa.UniqueConstraint("kid", name="uq_signing_keys_kid"),
    **OPTIONS,
)

token_changes = sa.Table(
    "token_changes",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("revoked_seq", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("keys_seq", sa.BigInteger, nullable=False, server_default="0"),
    **OPTIONS,
)

COLUMNS = (
    sa.Column("revoked_seq", sa.BigInteger),
    sa.Column("scope", sa.String(32)),
    sa.Column("tasks", sa.Text),
    sa.Column("announced_at", sa.DateTime),
)
INDEXES = {
    "ix_tokens_revoked_seq": ["revoked_seq", "revoked_at"],
    "ix_tokens_kid": ["kid", "revoked_at", "expires_at"],
    "ix_tokens_expires_at": ["expires_at"],
}


def upgrade() -> None:
    connection = op.get_bind()
    create_or_complete(connection, metadata)
    connection.execute(dialect_of(connection).insert_ignoring(token_changes).values(id=1))
    # MySQL keeps what an upgrade did before it was cut off, so some of it may be there.
    inspector = sa.inspect(connection)
    there = {column["name"] for column in inspector.get_columns("tokens")}
    for column in COLUMNS:
        if column.name not in there:
            op.add_column("tokens", sa.Column(column.name, column.type))
    indexes = {index["name"] for index in inspector.get_indexes("tokens")}
    for name, columns in INDEXES.items():
        if name not in indexes:
            op.create_index(name, "tokens", columns)
    # What was revoked before is read by every worker when it starts. Without a number are from now
    # on only the revocations of an older release, which workers look for apart.
    op.execute(
        "UPDATE tokens SET revoked_seq = 0 WHERE revoked_at IS NOT NULL AND revoked_seq IS NULL"
    )
