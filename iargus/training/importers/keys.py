"""Keys that tell whether a row of a file is in the database already."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

KEY_CHARS = 40  # 160 bits of the digest: two different rows never share them
# In front of the content that keys are made of since rows are known by one spelling.
_SPELLED = "2"


def content_of(values: Sequence[Any]) -> str:
    """The canonical text of a row: features, label, and the time where the file gives one."""
    return "\x1f".join(["" if value is None else str(value) for value in values])


def row_key(content: str, ordinal: int) -> str:
    """The key of the `ordinal`-th row (from 0) with that content."""
    text = f"{content}\x1e{ordinal}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:KEY_CHARS]


class KeyMaker:
    """Keys for the rows of one file.

    Rows that are equal to the letter are told apart by counting them, so that the same file again,
    a copy under another name, or the file with more rows gives the same keys to the same rows, in
    whatever order. A row that differs in its spelling only is the same row written again.

    `days` are other days under which rows without a time may be there, as texts, and "" for none;
    `older` says that there may be rows whose key was made of the spelling of their file.
    """

    def __init__(self, *, days: Sequence[str] = (), older: bool = False) -> None:
        self._days = days
        self._older = older
        self._seen: set[int] = set()
        self._repeated: dict[int, int] = {}

    def keys(self, identity: Sequence[Any], values: Sequence[Any], day: str) -> tuple[str, ...]:
        """The key of the next row of the file, and the others under which it may be there.

        `identity` are its values in one spelling, `values` as they are in the file, both with the
        label; `day` is its time, or "" where it has none.
        """
        known, written = content_of((_SPELLED, *identity)), content_of(values)
        ordinal = self._count(f"{written}\x1f{day}")
        found = [row_key(f"{known}\x1f{day}", ordinal)]
        found += [row_key(f"{known}\x1f{other}", ordinal) for other in self._days]
        if self._older:
            found += [row_key(f"{written}\x1f{other}", ordinal) for other in (day, *self._days)]
        return tuple(found)

    def _count(self, content: str) -> int:
        """How many rows before were equal. Remembers 8 bytes of each."""
        mark = hash(content)
        if mark not in self._seen:
            self._seen.add(mark)
            return 0
        ordinal = self._repeated.get(mark, 0) + 1
        self._repeated[mark] = ordinal
        return ordinal
