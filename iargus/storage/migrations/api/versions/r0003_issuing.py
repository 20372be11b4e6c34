"""Who may have a token: links in mails, invitations, and the rows that people are counted under."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from iargus.storage.migrations.adopt import create_or_complete
from iargus.storage.migrations.types import OPTIONS, ROW_ID

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

metadata = sa.MetaData()

sa.Table(
    "confirmations",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True, autoincrement=True),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("first_name", sa.String(100), nullable=False),
    sa.Column("surname", sa.String(100), nullable=False),
    sa.Column("email", sa.String(254), nullable=False),
    sa.Column("ttl_days", sa.Integer),
    sa.Column("tasks", sa.Text),
    sa.Column("requested_at", sa.DateTime, nullable=False),
    sa.Column("expires_at", sa.DateTime, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("next_attempt_at", sa.DateTime, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("mailed_at", sa.DateTime),
    sa.Column("used_at", sa.DateTime),
    sa.Index("ix_confirmations_state_next_attempt_at", "state", "next_attempt_at"),
    sa.Index("ix_confirmations_mailed_at", "mailed_at"),
    sa.Index("ix_confirmations_expires_at", "expires_at"),
    **OPTIONS,
)

sa.Table(
    "confirmation_links",
    metadata,
    sa.Column("selector", sa.String(16), primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("confirmation_id", sa.BigInteger, nullable=False),
    sa.Index("ix_confirmation_links_confirmation_id", "confirmation_id"),
    **OPTIONS,
)

sa.Table(
    "invitations",
    metadata,
    sa.Column("id", sa.String(8), primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("uses", sa.Integer, nullable=False),
    sa.Column("used", sa.Integer, nullable=False, server_default="0"),
    sa.Column("email", sa.String(254)),
    sa.Column("domain", sa.String(255)),
    sa.Column("tasks", sa.Text),
    sa.Column("created_at", sa.DateTime, nullable=False),
    sa.Column("expires_at", sa.DateTime, nullable=False),
    sa.Column("revoked_at", sa.DateTime),
    **OPTIONS,
)

sa.Table(
    "issuing_turns",
    metadata,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("taken", sa.BigInteger, nullable=False),
    **OPTIONS,
)


def upgrade() -> None:
    create_or_complete(op.get_bind(), metadata)
