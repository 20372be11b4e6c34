"""Rows of a Parquet file, column by column as far as they are needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from iargus.tables.frames.source import FrameSource, reading
from iargus.tables.table import Table

# Read a column bit by bit, not a whole row group of it at once.
_BUFFER_BYTES = 1 << 18
_FEW_LEVELS = 0.05  # of the first rows; columns of as few are read as numbers of levels


class ParquetSource(FrameSource):
    def __init__(self, table: Table) -> None:
        self._file = table.content.as_file()  # unpacked, if it is packed
        with reading(table.path), pq.ParquetFile(self._file) as file:
            schema = file.schema_arrow
            self._rows = file.metadata.num_rows
        super().__init__(table, schema.names)
        for field in schema:
            self.columns[field.name] = self.columns[field.name] or _obstacle(field.type)
        self.index = _index_of(schema)
        self._words = {field.name for field in schema if _is_text(field.type)}

    def batches(
        self, names: Sequence[str], texts: Mapping[str, bool]
    ) -> Iterator[tuple[pd.DataFrame, float]]:
        # A text among numbers is to be seen as one, so only where texts are expected.
        words = [name for name in names if name in self._words and texts.get(name, True)]
        first = self.sample(words)
        few = {name: True for name in words if first[name].nunique() <= _FEW_LEVELS * len(first)}
        yield from super().batches(names, few)

    def _frames(
        self, names: Sequence[str], texts: Mapping[str, bool], rows: int
    ) -> Iterator[pd.DataFrame]:
        done = 0
        with (
            reading(self.path),
            pq.ParquetFile(
                self._file, read_dictionary=list(texts), buffer_size=_BUFFER_BYTES, pre_buffer=False
            ) as file,
        ):
            for batch in file.iter_batches(rows, columns=list(names), use_threads=False):
                columns = [_plain(column) for column in batch.columns]
                table = pa.Table.from_arrays(columns, names=batch.schema.names)
                done += len(table)
                self._table.content.advance(done / self._rows)
                yield table.to_pandas(split_blocks=True, ignore_metadata=True)


def _index_of(schema: pa.Schema) -> frozenset[str]:
    """The columns that pandas wrote its index to, by whatever names. An index of numbers alone
    (RangeIndex) has no column."""
    try:
        written = (schema.pandas_metadata or {}).get("index_columns", [])
    except (ValueError, AttributeError):  # another program wrote something else there
        return frozenset()
    return frozenset(each for each in written if isinstance(each, str))


def _obstacle(kind: pa.DataType) -> str | None:
    """Why values of this type are not compared."""
    types = pa.types
    value = kind.value_type if types.is_dictionary(kind) else kind
    if types.is_temporal(value):
        return "times, which always change"
    if types.is_nested(value):
        return "nested values"
    known = (types.is_floating, types.is_integer, types.is_decimal, types.is_boolean, types.is_null)
    if _is_text(value) or any(is_it(value) for is_it in known):
        return None
    return f"values of the type {value}"


def _is_text(kind: pa.DataType) -> bool:
    types = pa.types
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def _plain(column: pa.Array) -> pa.Array:
    """Without the types that pandas knows as objects only, one by one."""
    types = pa.types
    if types.is_decimal(column.type):
        return column.cast(pa.float64())
    if types.is_string_view(column.type):
        return column.cast(pa.large_string())
    if types.is_boolean(column.type) and column.null_count:
        return column.dictionary_encode()
    if types.is_dictionary(column.type) and not _is_text(column.type.value_type):
        return column.dictionary_decode()
    return column
