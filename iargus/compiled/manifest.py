"""What a bundle says of itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from iargus.compiled import canonical_json
from iargus.compiled.errors import Refused

FORMAT = 1
MANIFEST = "manifest.json"

# No separator, no dot but one: such a name cannot leave its folder.
_NAME = re.compile(r"[a-z][a-z0-9_]{0,60}\.(?:npy|json)", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_MAX_VERSION = 64


@dataclass(frozen=True)
class FileEntry:
    """A file of a bundle: its size in bytes and its SHA-256 in hex."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Canary:
    """A row, and the numbers with which the estimator answered it."""

    payload: Mapping[str, Any]
    answer: tuple[float, ...]


@dataclass(frozen=True)
class Manifest:
    """``created_from`` is the SHA-256 of the skops file, in hex, or empty."""

    task: str
    kind: str
    version: str
    created_from: str
    sklearn: str
    files: Mapping[str, FileEntry]
    options: Mapping[str, Any]
    canaries: tuple[Canary, ...]
    format: int = FORMAT

    def to_bytes(self) -> bytes:
        """The one spelling of this manifest; their digest is signed with the version."""
        return canonical_json.dump(asdict(self))

    @classmethod
    def from_bytes(cls, data: bytes) -> Manifest:
        """Read a manifest.

        Raises:
            Refused: it is none, is of another format, or names a file outside of its folder.
        """
        raw = canonical_json.named(canonical_json.parse(data, MANIFEST), MANIFEST)
        if raw.get("format") != FORMAT or isinstance(raw["format"], bool):
            raise Refused(
                f"the bundle has the format {raw.get('format')!r}; this release reads {FORMAT}"
            )
        try:
            found = cls(
                **{
                    **raw,
                    "files": {name: FileEntry(**entry) for name, entry in raw["files"].items()},
                    "canaries": tuple(
                        Canary(canary["payload"], tuple(canary["answer"]))
                        for canary in raw["canaries"]
                    ),
                }
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise Refused(f"{MANIFEST} lacks something or has too much: {error}") from None
        found._check()
        # Whatever a lenient reader would see otherwise is refused.
        if found.to_bytes() != data:
            raise Refused(f"{MANIFEST} is not in its one spelling")
        return found

    def _check(self) -> None:
        for name in ("task", "kind", "version", "created_from", "sklearn"):
            value = getattr(self, name)
            if not isinstance(value, str) or len(value) > _MAX_VERSION:
                raise Refused(f"{MANIFEST}: {name} is no short text")
        if self.created_from and not _DIGEST.fullmatch(self.created_from):
            raise Refused(f"{MANIFEST}: created_from is no SHA-256")
        if not isinstance(self.options, dict):
            raise Refused(f"{MANIFEST}: options are no object")
        for file, entry in self.files.items():
            if not _NAME.fullmatch(file) or file == MANIFEST:
                raise Refused(f"{MANIFEST}: {file!r} is no name of a file of a bundle")
            if type(entry.size) is not int or entry.size < 0:
                raise Refused(f"{MANIFEST}: the size of {file} is no number of bytes")
            if not isinstance(entry.sha256, str) or not _DIGEST.fullmatch(entry.sha256):
                raise Refused(f"{MANIFEST}: the digest of {file} is no SHA-256")
        for canary in self.canaries:
            if not isinstance(canary.payload, dict) or not all(
                type(number) is float for number in canary.answer
            ):
                raise Refused(f"{MANIFEST}: a canary is no row with its numbers")
