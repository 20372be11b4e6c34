"""Files to read, and what is read of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from iargus.tables import Table, TableOptions, open_table

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """`write("a.csv", "text or bytes")` gives the path."""

    def put(name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return put


def rows(path: Path, **options: Any) -> list[list[Any]]:
    """The names of the columns, then the values of all rows without a problem."""
    table = opened(path, **options)
    try:
        good = [list(record.values) for record in table.records if record.problem is None]
        return [list(table.names), *good]
    finally:
        table.close()


def problems(path: Path, **options: Any) -> dict[int, str]:
    """What is wrong with rows, by their position."""
    table = opened(path, **options)
    return {r.position: r.problem for r in table.records if r.problem is not None}


def opened(path: Path, **options: Any) -> Table:
    return open_table(path, TableOptions(**options))
