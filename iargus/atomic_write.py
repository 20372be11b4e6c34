"""Atomic writes: a file is there whole, or what was there before.

Content goes to a draft beside the name and takes the name once it is complete. No other module
stages a file; `metrics.cells` makes one that is locked for as long as its process lives.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

OWNER_ONLY = 0o600
_USUAL = 0o666  # less what the umask takes


def write_atomically(path: Path, content: str | bytes, *, sync: bool = True) -> None:
    """Write a whole file. A link stays one: the file that it leads to is replaced. A pipe or a
    device, which holds nothing, is written to as it is.

    Args:
        sync: wait until the content is on the disk, so that a power cut cannot take it.

    Raises:
        OSError: the disk is full or not writable; what was there is still there.
    """
    data = content.encode() if isinstance(content, str) else content
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    with staged(path.resolve(), sync=sync) as file:
        file.write(data)


@contextmanager
def staged(
    path: Path,
    *,
    folder: Path | None = None,
    mode: int = _USUAL,
    sync: bool = True,
    exclusive: bool = False,
) -> Iterator[BinaryIO]:
    """Write a file in parts; it takes its name at the end of the block, unless that raises.

    Args:
        folder: where the draft lies, on the same disk; beside the file by default.
        mode: who may read and write it, from the first byte on.
        sync: see `write_atomically`.
        exclusive: take the name only where there is no file of that name.

    Raises:
        FileExistsError: the name is taken, with `exclusive`.
        OSError: the disk is full or not writable; what was there is still there.
    """
    draft = draft_beside((folder or path.parent) / path.name)
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            if sync:
                os.fsync(descriptor)
        if exclusive:
            claim_name(draft, path)
        else:
            draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def draft_beside(path: Path) -> Path:
    """A name on the same disk that nobody else uses."""
    return path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")


def claim_name(draft: Path, path: Path) -> None:
    """Give a file a second name, never over a file that is there: of several writers one wins.

    Raises:
        FileExistsError: the name is taken.
    """
    os.link(draft, path)  # a rename would replace what is there


def sync_to_disk(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk.

    A name that points to bytes which a power cut took away would be worse than no file.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
