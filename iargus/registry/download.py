"""Fetching the file of a version, and saying why it cannot be had."""

from __future__ import annotations

import tempfile
from pathlib import Path

from iargus.compiled.files import MAX_BYTES, MAX_MANIFEST_BYTES
from iargus.compiled.manifest import MANIFEST, Manifest
from iargus.errors import ArtefactRejected
from iargus.registry import artefact
from iargus.registry.connection import Connection
from iargus.registry.model_files import BUNDLE_FOLDER, MODEL_FILE, RemoteFolder
from iargus.registry.version import FILE_DIGEST, ModelVersion

_MAX_TEXT_BYTES = 64 * 2**20


def fetch(connection: Connection, version: ModelVersion, directory: Path) -> Path:
    """Download the version's `model.skops` into `directory` (made if needed) and check it.

    Raises:
        ArtefactRejected: the file is gone, or is not the one that was registered.
        RegistryUnavailable: the registry is out of reach.
        OSError: the disk here is full or not writable.
    """
    name = f"{version.task} version {version.version}"
    if not version.sha256 or not version.run_id:
        raise ArtefactRejected(f"{name} has no tag sha256: it was not registered by IArgus")
    directory.mkdir(parents=True, exist_ok=True)
    with connection.translated(f"give the file of {name}") as client:
        path = RemoteFolder(client, version, directory).bring(MODEL_FILE, MAX_BYTES)
    artefact.check_digest(path, version.sha256)
    return path


def fetch_bundle(connection: Connection, version: ModelVersion, directory: Path) -> Path:
    """Download the version's bundle to the new folder `bundle` in `directory`, and give that.

    Only the files that its manifest names are asked for, after that was checked: whatever else
    lies in the registry, or says it belongs elsewhere, stays there.

    Raises:
        ArtefactRejected: its manifest or a file is gone, or is not the one that was registered.
        RegistryUnavailable: the registry is out of reach.
        OSError: the disk here is full or not writable.
    """
    name = f"the bundle of {version.task} version {version.version}"
    folder = directory / BUNDLE_FOLDER
    folder.mkdir(parents=True)

    with connection.translated(f"give {name}") as client:
        remote = RemoteFolder(client, version, directory, BUNDLE_FOLDER)
        # Where a file arrives depends on the kind of store.
        remote.bring(MANIFEST, MAX_MANIFEST_BYTES).replace(folder / MANIFEST)
        data = artefact.check_digest(folder / MANIFEST, version.bundle_sha256)
        manifest = Manifest.from_bytes(data)
        size = sum(entry.size for entry in manifest.files.values())
        if size > MAX_BYTES:
            raise ArtefactRejected(f"{name} says that it has {size} bytes, over {MAX_BYTES}")
        for file, entry in manifest.files.items():
            remote.bring(file, entry.size).replace(folder / file)
    return folder


def read_text(connection: Connection, version: ModelVersion, file: str) -> str | None:
    """A text that was registered beside the model; None when this version has none of that name.

    Raises:
        ArtefactRejected: the file is gone, or is not the one that was registered.
        RegistryUnavailable: the registry is out of reach.
    """
    digest = version.tags.get(FILE_DIGEST + file)
    if digest is None:
        return None
    with (
        tempfile.TemporaryDirectory(prefix="iargus-model-") as place,
        connection.translated(f"give {file} of {version.task} version {version.version}") as client,
    ):
        path = RemoteFolder(client, version, Path(place)).bring(file, _MAX_TEXT_BYTES)
        artefact.check_digest(path, digest)
        return path.read_text(encoding="utf-8")
