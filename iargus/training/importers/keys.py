"""Keys that tell whether a row of a file is in the database already."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

KEY_CHARS = 40  # 160 bits of the digest: two different rows never share them


def content_of(values: Sequence[Any]) -> str:
    """The canonical text of a row: features, label, and the time where the file gives one."""
    return "\x1f".join(["" if value is None else str(value) for value in values])


def row_key(content: str, ordinal: int) -> str:
    """The key of the `ordinal`-th row (from 0) with that content."""
    text = f"{content}\x1e{ordinal}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:KEY_CHARS]


class KeyMaker:
    """Keys for the rows of one file: equal rows are told apart by counting them.

    So the same file again, a copy under another name, or the file with more rows gives the same
    keys to the same rows, in whatever order. Remembers 8 bytes of each row.
    """

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._repeated: dict[int, int] = {}

    def key(self, values: Sequence[Any]) -> str:
        """The key of the next row of the file."""
        content = content_of(values)
        first = row_key(content, 0)
        mark = int(first[:16], 16)
        if mark not in self._seen:
            self._seen.add(mark)
            return first
        ordinal = self._repeated.get(mark, 0) + 1
        self._repeated[mark] = ordinal
        return row_key(content, ordinal)
