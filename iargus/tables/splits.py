"""Files that have several parts, such as `train` and `test`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from iargus.errors import DataError
from iargus.tables.table import Record, Table

_MOST_SPLITS = 20


_COLUMNS = ("split", "partition", "subset", "set")


def of_column(table: Table, asked: str | None) -> None:
    """Keep only the rows that are asked for, where a column says to which split they belong.

    Raises:
        DataError: there is no such column, or no such split in it.
    """
    if asked is None or table.has_splits:
        return
    place = next((at for at, name in enumerate(table.names) if name.lower() in _COLUMNS), None)
    splits: dict[str, None] = {}
    if place is not None:
        for record in table.scan():
            if record.problem is None:
                splits[str(record.values[place])] = None
                if len(splits) > _MOST_SPLITS:
                    break
    names = chosen(table.path, asked, list(splits)[:_MOST_SPLITS])
    read = table.read

    def of_splits() -> Iterator[Record]:
        return (r for r in read() if r.problem is not None or str(r.values[place or 0]) in names)

    table.read = of_splits
    table.understood = [*table.understood, f"split {', '.join(names)}"]


def chosen(path: Path, asked: str, splits: Sequence[str]) -> list[str]:
    """The splits that are asked for, separated by commas.

    Raises:
        DataError: there is no such split.
    """
    names = [name.strip() for name in asked.split(",") if name.strip()]
    if not splits:
        raise DataError(f"{path} has no splits, so --split has no use; leave it out")
    for name in names:
        if name not in splits:
            raise DataError(f"{path} has no split {name!r}; it has {', '.join(splits)}")
    return names
