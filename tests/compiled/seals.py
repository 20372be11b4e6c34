"""Altering a bundle with all of its digests, so that the deeper checks are reached."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from iargus.compiled import canonical_json
from iargus.compiled.arrays import to_bytes
from iargus.compiled.manifest import MANIFEST


def alter_manifest(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the manifest."""
    raw = json.loads((folder / MANIFEST).read_bytes())
    change(raw)
    seal(folder, canonical_json.dump(raw))


def seal(folder: Path, manifest: bytes) -> None:
    (folder / MANIFEST).write_bytes(manifest)


def replace(folder: Path, name: str, data: bytes) -> None:
    """Put another file in the place of ``name``, with its digest in the manifest."""
    (folder / name).write_bytes(data)
    entry = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    alter_manifest(folder, lambda raw: raw["files"].update({name: entry}))


def alter_array(folder: Path, name: str, change: Callable[[Any], Any]) -> None:
    """Put ``change`` of the array in its place."""
    array = np.load(folder / name).copy()
    replace(folder, name, to_bytes(change(array)))


def alter_document(folder: Path, name: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Change a JSON file."""
    raw = json.loads((folder / name).read_bytes())
    change(raw)
    replace(folder, name, canonical_json.dump(raw))


def put(at: Any, value: Any) -> Callable[[Any], Any]:
    """A change of an array: ``value`` at the place ``at``."""

    def change(array: Any) -> Any:
        array[at] = value
        return array

    return change
