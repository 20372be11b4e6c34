"""First tables: tokens, predictions, feedback."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from iargus.storage.migrations.adopt import create_or_complete
from iargus.storage.migrations.older_tokens import fill_older_tokens
from iargus.storage.migrations.types import OPTIONS, ROW_ID

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

metadata = sa.MetaData()

sa.Table(
    "tokens",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True, autoincrement=True),
    sa.Column("first_name", sa.String(100), nullable=False),
    sa.Column("surname", sa.String(100), nullable=False),
    sa.Column("email", sa.String(254), nullable=False),
    sa.Column("token", sa.String(64), nullable=False),
    sa.Column("creation_date", sa.DateTime, nullable=False),
    sa.Column("jti", sa.String(36), nullable=False),
    sa.Column("kid", sa.String(64), nullable=False),
    sa.Column("expires_at", sa.DateTime, nullable=False),
    sa.Column("revoked_at", sa.DateTime),
    sa.UniqueConstraint("token", name="uq_tokens_token"),
    sa.UniqueConstraint("jti", name="uq_tokens_jti"),
    sa.Index("ix_tokens_email", "email"),
    sa.Index("ix_tokens_revoked_at", "revoked_at"),
    **OPTIONS,
)

sa.Table(
    "predictions",
    metadata,
    sa.Column("prediction_id", sa.String(36), primary_key=True),
    sa.Column("task", sa.String(64), nullable=False),
    sa.Column("model_version", sa.String(32), nullable=False),
    sa.Column("jti", sa.String(36), nullable=False),
    sa.Column("subject", sa.String(64), nullable=False),
    sa.Column("created_at", sa.DateTime, nullable=False),
    sa.Column("payload", sa.JSON, nullable=False),
    sa.Column("answer", sa.JSON, nullable=False),
    sa.Index("ix_predictions_task_created_at", "task", "created_at"),
    **OPTIONS,
)

sa.Table(
    "feedback",
    metadata,
    sa.Column("prediction_id", sa.String(36), primary_key=True),
    sa.Column("label", sa.String(255), nullable=False),
    sa.Column("created_at", sa.DateTime, nullable=False),
    **OPTIONS,
)


def upgrade() -> None:
    create_or_complete(op.get_bind(), metadata, fill={"tokens": fill_older_tokens})
