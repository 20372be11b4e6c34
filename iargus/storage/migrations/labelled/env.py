"""Alembic runs this for every command; `iargus.storage.migrate` gives the connection."""

from alembic import context

from iargus.storage.schema import labelled_metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=labelled_metadata,
    # SQLite changes columns only by copying the table, which Alembic does in batches.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
