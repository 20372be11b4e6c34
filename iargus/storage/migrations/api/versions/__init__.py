"""Revisions of the database `iargus_api`."""
