"""Parquet, in parts."""

from __future__ import annotations

from collections.abc import Iterator

from iargus.errors import DataError
from iargus.tables.content import Content
from iargus.tables.table import Record, Table

_BATCH_ROWS = 8_192
# pandas writes its index as a column under this name, and says so in the metadata.
_INDEX = "__index_level_"


def open_parquet(content: Content) -> Table:
    """
    Raises:
        DataError: it is broken.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = content.as_file()
    try:
        with pq.ParquetFile(path) as file:
            names = list(file.schema_arrow.names)
            rows = file.metadata.num_rows
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _broken(content, error) from None
    kept = [name for name in names if not name.startswith(_INDEX)]

    def read() -> Iterator[Record]:
        number = 0
        try:
            with pq.ParquetFile(path, pre_buffer=False) as file:
                for batch in file.iter_batches(_BATCH_ROWS, columns=kept, use_threads=False):
                    columns = [column.to_pylist() for column in batch.columns]
                    for values in zip(*columns, strict=True):
                        number += 1
                        yield Record(number, values)
                    content.advance(number / max(rows, 1))
        except (pa.ArrowException, OSError, ValueError) as error:
            raise _broken(content, error) from None
        content.finish()

    return Table(content, "Parquet", kept, read, unit="row")


def _broken(content: Content, error: Exception) -> DataError:
    reason = getattr(error, "strerror", None) or (str(error).strip() or repr(error))
    return DataError(f"{content.path}: no Parquet that can be read: {reason.splitlines()[0][:300]}")
