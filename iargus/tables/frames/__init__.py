"""Tables as pandas data frames, some rows at a time, since files may be larger than memory."""

from pathlib import Path

from iargus.tables import TableOptions, open_table
from iargus.tables.frames.delimited import DelimitedSource
from iargus.tables.frames.parquet import ParquetSource
from iargus.tables.frames.records import RecordSource
from iargus.tables.frames.source import FrameSource

__all__ = ["FrameSource", "open_frames"]


def open_frames(path: Path, options: TableOptions | None = None) -> FrameSource:
    """
    Raises:
        DataError: there is no such file, or it cannot be read; says what it is.
    """
    table = open_table(path, options)
    if table.format == "Parquet":
        return ParquetSource(table)
    return RecordSource(table) if table.clean_text is None else DelimitedSource(table)
