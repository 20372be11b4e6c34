"""The files of a bundle, read once: the bytes that were checked are those that are used."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from iargus.compiled import canonical_json
from iargus.compiled.arrays import Array, from_bytes
from iargus.compiled.errors import Refused
from iargus.compiled.manifest import MANIFEST, Manifest

MAX_MANIFEST_BYTES = 4 * 2**20
MAX_BYTES = 2**30  # of all files together; a model beyond does not belong in every worker


def read_manifest(directory: Path) -> Manifest:
    """Read the manifest in ``directory``.

    Raises:
        Refused: there is none, or it is none.
    """
    return Manifest.from_bytes(read_file(directory, MANIFEST, MAX_MANIFEST_BYTES))


def read_files(directory: Path, manifest: Manifest) -> Mapping[str, bytes]:
    """Return the bytes of every file that the manifest names.

    Raises:
        Refused: a file is missing, altered, no plain file, or not in the manifest.
    """
    if sum(entry.size for entry in manifest.files.values()) > MAX_BYTES:
        raise Refused(f"the bundle is larger than {MAX_BYTES} bytes")
    known = {MANIFEST, *manifest.files}
    unknown = sorted(set(os.listdir(directory)) - known)  # noqa: PTH208 - names are wanted
    if unknown:
        raise Refused(f"{unknown[0]!r} is not in the manifest")
    found = {}
    for name, entry in manifest.files.items():
        data = read_file(directory, name, entry.size)
        if len(data) != entry.size:
            raise Refused(f"{name} has {len(data)} bytes, not {entry.size}")
        if hashlib.sha256(data).hexdigest() != entry.sha256:
            raise Refused(f"{name} was altered: its SHA-256 is another")
        found[name] = data
    return found


def read_file(directory: Path, name: str, most: int) -> bytes:
    """Return the bytes of a plain file.

    Raises:
        Refused: it is missing, a link, no plain file, or has more than ``most`` bytes.
    """
    try:
        # Without following a link, and without waiting for the other end of a pipe.
        handle = os.open(directory / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise Refused(f"{name} cannot be read: {error.strerror}") from None
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise Refused(f"{name} is no plain file")
        if status.st_size > most:
            raise Refused(f"{name} has {status.st_size} bytes, more than {most}")
        return file.read(most + 1)


class Contents:
    """The verified bytes of a bundle by name of file, each read once, by its expected form."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._unread = set(files)

    def array(self, name: str, dtype: str, shape: tuple[int | None, ...]) -> Array:
        """The array ``name``.npy, see `from_bytes`.

        Raises:
            Refused: it is missing or of another form.
        """
        file = f"{name}.npy"
        return from_bytes(self._bytes(file), file, dtype=dtype, shape=shape)

    def document(self, name: str) -> dict[str, Any]:
        """The JSON object ``name``.json.

        Raises:
            Refused: it is missing or no object.
        """
        file = f"{name}.json"
        return canonical_json.named(canonical_json.parse(self._bytes(file), file), file)

    def close(self) -> None:
        """Check that everything was needed.

        Raises:
            Refused: a file is none of this kind of bundle.
        """
        if self._unread:
            raise Refused(f"{min(self._unread)} is no file of this kind of bundle")

    def _bytes(self, file: str) -> bytes:
        if file not in self._files:
            raise Refused(f"{file} is missing; the bundle is of another task")
        self._unread.discard(file)
        return self._files[file]
