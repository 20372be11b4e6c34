"""Alembic environments of both databases; `iargus.storage.migrate` runs them, nothing else does.

A revision is frozen: it describes its own tables and never imports `iargus.storage.schema`, which
moves on. A test compares what all revisions give with `iargus.storage.schema` and with
`db_creation.sql`.
"""
