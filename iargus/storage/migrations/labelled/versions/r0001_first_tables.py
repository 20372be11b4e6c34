"""First tables: labelled rows, monitoring runs, outbox, the job's lock."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from iargus.storage.migrations.adopt import create_or_complete
from iargus.storage.migrations.types import LONG_TEXT, OPTIONS, ROW_ID

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

metadata = sa.MetaData()

sa.Table(
    "car_details",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True, autoincrement=True),
    sa.Column("state", sa.String(64)),
    sa.Column("model", sa.String(128), nullable=False),
    sa.Column("make", sa.String(64), nullable=False),
    sa.Column("year", sa.SmallInteger, nullable=False),
    sa.Column("mileage", sa.Float(53)),
    sa.Column("price", sa.Float(53), nullable=False),
    sa.Column("date_added", sa.DateTime, nullable=False),
    sa.Column("source", sa.String(64), nullable=False, server_default="unknown"),
    sa.Column("row_key", sa.String(64)),
    sa.UniqueConstraint("row_key", name="uq_car_details_row_key"),
    sa.Index("ix_car_details_date_added", "date_added"),
    **OPTIONS,
)

sa.Table(
    "labelled_examples",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True, autoincrement=True),
    sa.Column("task", sa.String(64), nullable=False),
    sa.Column("observed_at", sa.DateTime, nullable=False),
    sa.Column("payload", sa.JSON, nullable=False),
    sa.Column("label", sa.String(255), nullable=False),
    sa.Column("source", sa.String(64), nullable=False),
    sa.Column("row_key", sa.String(64)),
    sa.UniqueConstraint("task", "row_key", name="uq_labelled_examples_row_key"),
    sa.Index("ix_labelled_examples_task_observed_at", "task", "observed_at"),
    **OPTIONS,
)

sa.Table(
    "monitoring_runs",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True, autoincrement=True),
    sa.Column("task", sa.String(64), nullable=False),
    sa.Column("period", sa.String(7), nullable=False),
    sa.Column("window_start", sa.DateTime),
    sa.Column("window_end", sa.DateTime, nullable=False),
    sa.Column("finished_at", sa.DateTime, nullable=False),
    sa.Column("rows_scored", sa.Integer, nullable=False),
    sa.Column("champion_version", sa.String(32)),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("error", sa.Float(53)),
    sa.Column("threshold", sa.Float(53), nullable=False),
    sa.Column("challenger_version", sa.String(32)),
    sa.Column("promoted", sa.Boolean, nullable=False),
    sa.Column("facts", sa.JSON, nullable=False),
    sa.UniqueConstraint("task", "period", name="uq_monitoring_runs_task_period"),
    **OPTIONS,
)

sa.Table(
    "outbox",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True, autoincrement=True),
    sa.Column("message_id", sa.String(255), nullable=False),
    sa.Column("task", sa.String(64), nullable=False),
    sa.Column("period", sa.String(7), nullable=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("subject", sa.String(255), nullable=False),
    sa.Column("body_text", LONG_TEXT, nullable=False),
    sa.Column("body_html", LONG_TEXT, nullable=False),
    sa.Column("created_at", sa.DateTime, nullable=False),
    sa.Column("sent_at", sa.DateTime),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("last_error", sa.String(500)),
    sa.UniqueConstraint("message_id", name="uq_outbox_message_id"),
    **OPTIONS,
)

sa.Table(
    "job_lock",
    metadata,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("holder", sa.String(255), nullable=False),
    sa.Column("taken_at", sa.DateTime, nullable=False),
    **OPTIONS,
)


def upgrade() -> None:
    create_or_complete(op.get_bind(), metadata)
