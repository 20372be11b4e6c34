"""Which source reads a file: decided by `iargus.tables`, as for imports."""

from __future__ import annotations

from pathlib import Path

from iargus.monitoring.comparison.delimited import DelimitedSource
from iargus.monitoring.comparison.parquet import ParquetSource
from iargus.monitoring.comparison.records import RecordSource
from iargus.monitoring.comparison.source import Source
from iargus.tables import TableOptions, open_table
from iargus.tables.delimited import Layout


def open_source(path: Path, options: TableOptions | None = None) -> Source:
    """
    Raises:
        DataError: there is no such file, or it cannot be read; says what it is.
    """
    table = open_table(path, options)
    if table.format == "Parquet":
        return ParquetSource(table)
    return DelimitedSource(table) if isinstance(table.details, Layout) else RecordSource(table)
