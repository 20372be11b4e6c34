"""Files that have several parts, such as `train` and `test`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from iargus.errors import DataError


def chosen(path: Path, asked: str | None, splits: Sequence[str]) -> list[str] | None:
    """The splits that are asked for, separated by commas; None for all there are.

    Raises:
        DataError: there is no such split.
    """
    if asked is None:
        return None
    names = [name.strip() for name in asked.split(",") if name.strip()]
    if not splits:
        raise DataError(f"{path} has no splits, so --split has no use; leave it out")
    for name in names:
        if name not in splits:
            raise DataError(f"{path} has no split {name!r}; it has {', '.join(splits)}")
    return names
