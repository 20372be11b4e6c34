"""Opens a file of whatever format as data frames."""

from __future__ import annotations

from pathlib import Path

from iargus.tables.delimited.reader import Layout
from iargus.tables.frames.delimited import DelimitedFrames
from iargus.tables.frames.parquet import ParquetFrames
from iargus.tables.frames.records import RecordFrames
from iargus.tables.frames.source import FrameSource
from iargus.tables.opening import open_table
from iargus.tables.table import TableOptions


def open_frames(path: Path, options: TableOptions | None = None) -> FrameSource:
    """
    Raises:
        DataError: there is no such file, or it cannot be read; says what it is.
    """
    table = open_table(path, options)
    if table.format == "Parquet":
        return ParquetFrames(table)
    return DelimitedFrames(table) if isinstance(table.details, Layout) else RecordFrames(table)
