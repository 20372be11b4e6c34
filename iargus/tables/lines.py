"""Lines of a text, in a stream that no line can make grow."""

from __future__ import annotations

from collections.abc import Iterator
from io import TextIOWrapper

from iargus.tables.content import Content

BLOCK_CHARS = 1 << 20
MAX_LINE_CHARS = 8 << 20
"""Of a line; longer ones are cut, and their row is refused."""
MAX_SHOWN_CHARS = 2_000  # of a broken row


class TextLines:
    """The lines of a text file without their line feeds; a carriage return before it stays, which
    `csv` knows about. Reads blocks, not lines, to be fast.

    `faults` says what is wrong with lines, by their numbers: those that were cut, and those that
    no text has.
    """

    def __init__(self, content: Content, codec: str) -> None:
        self._content, self._codec = content, codec
        self.faults: dict[int, str] = {}

    def blocks(self) -> Iterator[list[str]]:
        """Lines in lists; together they are all lines in order."""
        pending, number, newline = "", 0, ""
        with TextIOWrapper(self._content.open(), encoding=self._codec, newline="") as file:
            while block := file.read(BLOCK_CHARS):
                if not newline:
                    newline = _newline(block)
                text = pending + block
                lines = text.split(newline or "\n")
                pending = lines.pop()
                if len(pending) > MAX_LINE_CHARS:
                    self.faults[number + len(lines) + 1] = "the line is longer than 8 Mi"
                    pending = pending[:MAX_LINE_CHARS]
                if "\0" in text:
                    self._add_zeros(lines, number + 1)
                number += len(lines)
                if lines:
                    yield lines
            if pending:
                self._add_zeros([pending], number + 1)
                yield [pending]
        self._content.finish()

    def _add_zeros(self, lines: list[str], first: int) -> None:
        for number, line in enumerate(lines, start=first):
            if "\0" in line:
                self.faults.setdefault(number, "the line holds a zero byte")

    def __iter__(self) -> Iterator[str]:
        for block in self.blocks():
            yield from block


def _newline(block: str) -> str:
    """What ends lines: a line feed, or the carriage return alone that old Macs wrote."""
    if "\n" in block:
        return "\n"
    return "\r" if "\r" in block[:-1] else ""
