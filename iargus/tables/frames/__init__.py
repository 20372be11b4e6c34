"""Tables as pandas data frames, some rows at a time, since files may be larger than memory."""

from pathlib import Path

from iargus.tables import TableOptions, open_table
from iargus.tables.frames.delimited import DelimitedFrames
from iargus.tables.frames.parquet import ParquetFrames
from iargus.tables.frames.records import RecordFrames
from iargus.tables.frames.source import FrameSource

__all__ = ["FrameSource", "open_frames"]


def open_frames(path: Path, options: TableOptions | None = None) -> FrameSource:
    """
    Raises:
        DataError: there is no such file, or it cannot be read; says what it is.
    """
    table = open_table(path, options)
    if table.format == "Parquet":
        return ParquetFrames(table)
    return RecordFrames(table) if table.clean_text is None else DelimitedFrames(table)
