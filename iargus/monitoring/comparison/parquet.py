"""Rows of a Parquet file, column by column as far as they are needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from iargus.monitoring.comparison.source import BATCH, SAMPLE, Batch, reading
from iargus.monitoring.stats.drift.summary import Kind, Kinds
from iargus.tables import Table
from iargus.tables.clean import Broken

# Read a column bit by bit, not a whole row group of it at once.
_BUFFER = 1 << 18
_FEW_LEVELS = 0.05  # of the first rows; columns of as few are read as numbers of levels


class ParquetSource:
    """See `source.Source`."""

    def __init__(self, table: Table) -> None:
        self.path, self._table = table.path, table
        self._file = table.content.as_file()  # unpacked, if it is packed
        self.understood, self.broken = table.description(), Broken()
        with reading(self.path), pq.ParquetFile(self._file) as file:
            schema = file.schema_arrow
            self._rows = file.metadata.num_rows
        twice = {name for name, count in Counter(schema.names).items() if count > 1}
        self.columns = {
            field.name: "two columns of this name" if field.name in twice else _obstacle(field.type)
            for field in schema
        }
        self.index = _index_of(schema)
        self._words = {field.name for field in schema if _is_text(field.type)}

    def sample(self, names: Sequence[str]) -> pd.DataFrame:
        with reading(self.path):
            return next(self._frames(names, (), SAMPLE), pd.DataFrame(columns=list(names)))

    def batches(self, names: Sequence[str], kinds: Kinds) -> Iterator[Batch]:
        words = [name for name in names if name in self._words]
        # A text among numbers is to be seen as one, so only categories.
        words = [name for name in words if kinds.get(name, Kind.CATEGORY) is Kind.CATEGORY]
        first = self.sample(words)
        few = [name for name in words if first[name].nunique() <= _FEW_LEVELS * len(first)]
        done = 0
        with reading(self.path):
            for frame in self._frames(names, few, BATCH):
                done += len(frame)
                yield Batch(frame, done / self._rows)

    def _frames(
        self, names: Sequence[str], levels: Sequence[str], rows: int
    ) -> Iterator[pd.DataFrame]:
        with pq.ParquetFile(
            self._file, read_dictionary=list(levels), buffer_size=_BUFFER, pre_buffer=False
        ) as file:
            for batch in file.iter_batches(rows, columns=list(names), use_threads=False):
                columns = [_plain(column) for column in batch.columns]
                table = pa.Table.from_arrays(columns, names=batch.schema.names)
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
