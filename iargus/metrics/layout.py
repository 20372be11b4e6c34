"""How a process's file of numbers is laid out, in the byte order of the host.

    8 bytes  magic
    8 bytes  how many bytes are used; grows only after what it covers is written
    records: 4 bytes length of the key, 4 bytes how many numbers
             the key, JSON: [family, label, label, …], padded to 8 bytes
             the numbers, 8 bytes each

Each number lies on a multiple of 8 and is read and written as a whole by the processor, so that a
reader in another process needs no lock.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator

MAGIC = b"iargus\x001"
HEADER_BYTES = 16
USED = 1  # the header's second number
_RECORD = struct.Struct("=II")

Key = tuple[str, ...]


def record(key: Key, width: int) -> bytes:
    """The bytes of a new series of `width` numbers, all 0."""
    text = json.dumps(key).encode()
    padding = -len(text) % 8
    return _RECORD.pack(len(text), width) + text + bytes(padding + 8 * width)


def series(memory: memoryview) -> Iterator[tuple[Key, list[float]]]:
    """Every series of a file.

    Raises:
        ValueError: it is no such file, or a damaged one.
    """
    if len(memory) < HEADER_BYTES or len(memory) % 8 or bytes(memory[:8]) != MAGIC:
        raise ValueError("not a file of numbers")
    numbers = memory.cast("d")
    used = memory.cast("Q")[USED]
    offset = HEADER_BYTES
    try:
        if used > len(memory):
            raise ValueError("more is used than there is")
        while offset < used:
            length, width = _RECORD.unpack_from(memory, offset)
            text_at = offset + _RECORD.size
            first = (text_at + length + 7) // 8
            offset = 8 * (first + width)
            if offset > used:
                raise ValueError("a record beyond the end")
            key = json.loads(bytes(memory[text_at : text_at + length]))
            yield tuple(key), list(numbers[first : first + width])
    finally:
        numbers.release()
