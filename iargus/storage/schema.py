"""The tables of both databases; `migrations/` and `db_creation.sql` must give the same."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from iargus.storage.dialects.base import LONG_TEXT, PICTURE, ROW_ID

labelled_metadata = MetaData()
api_metadata = MetaData()

car_details = Table(
    "car_details",
    labelled_metadata,
    Column("id", ROW_ID, primary_key=True, autoincrement=True),
    Column("state", String(64)),
    Column("model", String(128), nullable=False),
    Column("make", String(64), nullable=False),
    Column("year", SmallInteger, nullable=False),
    Column("mileage", Float(53)),
    Column("price", Float(53), nullable=False),
    Column("date_added", DateTime, nullable=False),
    Column("source", String(64), nullable=False, server_default="unknown"),
    Column("row_key", String(64)),
    Column("import_id", BigInteger),
    UniqueConstraint("row_key", name="uq_car_details_row_key"),
    Index("ix_car_details_date_added", "date_added"),
    Index("ix_car_details_import_id", "import_id"),
)

labelled_examples = Table(
    "labelled_examples",
    labelled_metadata,
    Column("id", ROW_ID, primary_key=True, autoincrement=True),
    Column("task", String(64), nullable=False),
    Column("observed_at", DateTime, nullable=False),
    Column("payload", JSON, nullable=False),
    Column("label", String(255), nullable=False),
    Column("source", String(64), nullable=False),
    Column("row_key", String(64)),
    Column("import_id", BigInteger),
    UniqueConstraint("task", "row_key", name="uq_labelled_examples_row_key"),
    Index("ix_labelled_examples_task_observed_at", "task", "observed_at"),
    Index("ix_labelled_examples_import_id", "import_id"),
)

# One for each file that was imported; its rows carry its `id` as `import_id`.
imports = Table(
    "imports",
    labelled_metadata,
    Column("id", ROW_ID, primary_key=True, autoincrement=True),
    Column("task", String(64), nullable=False),
    Column("file", String(255), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("source", String(64), nullable=False),
    Column("observed_at", DateTime),
    Column("state", String(16), nullable=False),
    Column("started_at", DateTime, nullable=False),
    Column("finished_at", DateTime),
    Column("undone_at", DateTime),
    Column("rows_added", BigInteger, nullable=False, server_default="0"),
    Column("rows_known", BigInteger, nullable=False, server_default="0"),
    Column("rows_rejected", BigInteger, nullable=False, server_default="0"),
    Column("rows_removed", BigInteger, nullable=False, server_default="0"),
)

monitoring_runs = Table(
    "monitoring_runs",
    labelled_metadata,
    Column("id", ROW_ID, primary_key=True, autoincrement=True),
    Column("task", String(64), nullable=False),
    Column("period", String(7), nullable=False),
    Column("window_start", DateTime),
    Column("window_end", DateTime, nullable=False),
    Column("finished_at", DateTime, nullable=False),
    Column("rows_scored", Integer, nullable=False),
    Column("champion_version", String(32)),
    Column("state", String(16), nullable=False),
    Column("error", Float(53)),
    Column("threshold", Float(53), nullable=False),
    Column("challenger_version", String(32)),
    Column("promoted", Boolean, nullable=False),
    Column("facts", JSON, nullable=False),
    UniqueConstraint("task", "period", name="uq_monitoring_runs_task_period"),
)

# What a run has done for a month that is not recorded yet; empty between runs.
monitoring_steps = Table(
    "monitoring_steps",
    labelled_metadata,
    Column("task", String(64), primary_key=True),
    Column("period", String(7), primary_key=True),
    Column("step", String(16), primary_key=True),
    Column("taken_at", DateTime, nullable=False),
    Column("facts", JSON, nullable=False),
)

outbox = Table(
    "outbox",
    labelled_metadata,
    Column("id", ROW_ID, primary_key=True, autoincrement=True),
    Column("message_id", String(255), nullable=False),
    Column("task", String(64), nullable=False),
    Column("period", String(7), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("body_text", LONG_TEXT, nullable=False),
    Column("body_html", LONG_TEXT, nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("sent_at", DateTime),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("last_error", String(500)),
    Column("next_attempt_at", DateTime),
    Column("picture", PICTURE),
    UniqueConstraint("message_id", name="uq_outbox_message_id"),
)

job_lock = Table(
    "job_lock",
    labelled_metadata,
    Column("name", String(32), primary_key=True),
    Column("holder", String(255), nullable=False),
    Column("taken_at", DateTime, nullable=False),
)

tokens = Table(
    "tokens",
    api_metadata,
    Column("id", ROW_ID, primary_key=True, autoincrement=True),
    Column("first_name", String(100), nullable=False),
    Column("surname", String(100), nullable=False),
    Column("email", String(254), nullable=False),
    Column("token", String(64), nullable=False),
    Column("creation_date", DateTime, nullable=False),
    Column("jti", String(36), nullable=False),
    Column("kid", String(64), nullable=False),
    Column("expires_at", DateTime, nullable=False),
    Column("revoked_at", DateTime),
    # Revocations are numbered in the order of their commits; what is above a number is new.
    Column("revoked_seq", BigInteger),
    Column("scope", String(32)),
    Column("tasks", Text),
    Column("announced_at", DateTime),
    UniqueConstraint("token", name="uq_tokens_token"),
    UniqueConstraint("jti", name="uq_tokens_jti"),
    Index("ix_tokens_email", "email"),
    Index("ix_tokens_revoked_at", "revoked_at"),
    Index("ix_tokens_revoked_seq", "revoked_seq", "revoked_at"),
    Index("ix_tokens_kid", "kid", "revoked_at", "expires_at"),
    Index("ix_tokens_expires_at", "expires_at"),
)

# Signing keys, encrypted with a key that only the environment gives; the newest `id` signs.
signing_keys = Table(
    "signing_keys",
    api_metadata,
    Column("id", ROW_ID, primary_key=True, autoincrement=True),
    Column("kid", String(64), nullable=False),
    Column("wrapped", String(255)),
    Column("wrapped_with", String(64)),
    Column("created_at", DateTime, nullable=False),
    Column("retired_at", DateTime),
    Column("revoked_at", DateTime),
    UniqueConstraint("kid", name="uq_signing_keys_kid"),
)

# One row, which every worker reads several times a second: has anything changed at all?
token_changes = Table(
    "token_changes",
    api_metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("revoked_seq", BigInteger, nullable=False, server_default="0"),
    Column("keys_seq", BigInteger, nullable=False, server_default="0"),
)

# Who asked for a mail with a link, until a day after the link has expired.
confirmations = Table(
    "confirmations",
    api_metadata,
    Column("id", ROW_ID, primary_key=True, autoincrement=True),
    Column("person", String(64), nullable=False),
    Column("first_name", String(100), nullable=False),
    Column("surname", String(100), nullable=False),
    Column("email", String(254), nullable=False),
    Column("ttl_days", Integer),
    Column("tasks", Text),
    Column("requested_at", DateTime, nullable=False),
    Column("expires_at", DateTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("next_attempt_at", DateTime, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("mailed_at", DateTime),
    Column("used_at", DateTime),
    Index("ix_confirmations_state_next_attempt_at", "state", "next_attempt_at"),
    Index("ix_confirmations_mailed_at", "mailed_at"),
    Index("ix_confirmations_expires_at", "expires_at"),
)

# One for each attempt to mail: after a crash two may have arrived, and either works.
confirmation_links = Table(
    "confirmation_links",
    api_metadata,
    Column("selector", String(16), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("confirmation_id", BigInteger, nullable=False),
    Index("ix_confirmation_links_confirmation_id", "confirmation_id"),
)

invitations = Table(
    "invitations",
    api_metadata,
    Column("id", String(8), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("uses", Integer, nullable=False),
    Column("used", Integer, nullable=False, server_default="0"),
    Column("email", String(254)),
    Column("domain", String(255)),
    Column("tasks", Text),
    Column("created_at", DateTime, nullable=False),
    Column("expires_at", DateTime, nullable=False),
    Column("revoked_at", DateTime),
)

# Rows that transactions lock, so that they count and add in turn; their number is bounded.
issuing_turns = Table(
    "issuing_turns",
    api_metadata,
    Column("name", String(32), primary_key=True),
    Column("taken", BigInteger, nullable=False),
)

predictions = Table(
    "predictions",
    api_metadata,
    Column("prediction_id", String(36), primary_key=True),
    Column("task", String(64), nullable=False),
    Column("model_version", String(32), nullable=False),
    Column("jti", String(36), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("payload", JSON, nullable=False),
    Column("answer", JSON, nullable=False),
    Index("ix_predictions_task_created_at", "task", "created_at"),
)

feedback = Table(
    "feedback",
    api_metadata,
    Column("prediction_id", String(36), primary_key=True),
    Column("label", String(255), nullable=False),
    Column("created_at", DateTime, nullable=False),
)
