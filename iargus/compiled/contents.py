"""What the files of a bundle hold, each read once, by its expected form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from iargus.compiled import canonical_json
from iargus.compiled.arrays import Array, from_bytes
from iargus.compiled.errors import Refused


class Contents:
    """The verified bytes of a bundle by name of file."""

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
        found = canonical_json.parse(self._bytes(file), file)
        if not isinstance(found, dict):
            raise Refused(f"{file} is no object")
        return found

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
