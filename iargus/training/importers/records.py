"""The tables that imports read, under the names that importers know them by."""

from __future__ import annotations

from iargus.tables import Record, Table, TableOptions

FileOptions = TableOptions
RecordFile = Table

__all__ = ["FileOptions", "Record", "RecordFile"]
