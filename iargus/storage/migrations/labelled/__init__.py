"""Revisions of the database `iargus`."""
