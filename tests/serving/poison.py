"""What somebody who can write to the registry, and has no key, may put there as a version."""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import shutil
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from mlflow import MlflowClient
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from iargus.compiled import canonical_json
from iargus.compiled.arrays import to_bytes
from iargus.compiled.manifest import MANIFEST
from iargus.registry import artefact
from iargus.registry.version import BUNDLE_DIGEST, SIGNATURE

VALUE = "trees_value.npy"
Tags = dict[str, str]
Change = Callable[[Path, Tags], None]


class Trap:
    """Makes a folder when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self._path),)


@dataclass(frozen=True)
class Attacker:
    """Has the registry's own client, and a good version to begin with: its files and tags."""

    client: MlflowClient
    task: str
    files: Path
    tags: Mapping[str, str]

    def register(self, change: Change, place: Path) -> str:
        """Put a changed copy into the registry as a new version; give its number. `place` is a
        new folder to prepare it in."""
        shutil.copytree(self.files, place / "model")
        tags = dict(self.tags)
        change(place / "model", tags)
        found = self.client.get_experiment_by_name(f"iargus-{self.task}")
        assert found is not None
        run = self.client.create_run(found.experiment_id).info.run_id
        self.client.log_artifacts(run, str(place / "model"), "model")
        source = f"runs:/{run}/model"
        made = self.client.create_model_version(self.task, source=source, run_id=run, tags=tags)
        return str(made.version)


def trap(files: Path) -> Path:
    """Where the folder appears if something in these files is run."""
    return files.parent / "trap"


def manifest_bytes(files: Path, tags: Tags, data: bytes) -> None:
    """Put a manifest in its place, with its digest in the tags."""
    (files / "bundle" / MANIFEST).write_bytes(data)
    tags[BUNDLE_DIGEST] = hashlib.sha256(data).hexdigest()


def manifest(change: Callable[[dict[str, Any]], object]) -> Change:
    def changed(files: Path, tags: Tags) -> None:
        document = json.loads((files / "bundle" / MANIFEST).read_bytes())
        change(document)
        manifest_bytes(files, tags, canonical_json.dump(document))

    return changed


def array(make: Callable[[Path], bytes]) -> Change:
    """Another array, with all digests as they must be."""

    def changed(files: Path, tags: Tags) -> None:
        data = make(files)
        (files / "bundle" / VALUE).write_bytes(data)
        entry = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        manifest(lambda document: document["files"].update({VALUE: entry}))(files, tags)

    return changed


def estimator(make: Callable[[Path], bytes]) -> Change:
    """A version without a bundle, whose skops file is another, with its digest."""

    def changed(files: Path, tags: Tags) -> None:
        shutil.rmtree(files / "bundle")
        data = make(files)
        (files / "model.skops").write_bytes(data)
        tags["sha256"] = hashlib.sha256(data).hexdigest()
        del tags[BUNDLE_DIGEST]

    return changed


def _altered(files: Path, _: Tags) -> None:
    path = files / "bundle" / VALUE
    path.write_bytes(to_bytes(np.load(path) * 2))


def _truncated(files: Path, _: Tags) -> None:
    path = files / "bundle" / VALUE
    path.write_bytes(path.read_bytes()[:-8])


def _twice(files: Path, tags: Tags) -> None:
    data = (files / "bundle" / MANIFEST).read_bytes()
    manifest_bytes(files, tags, data.replace(b"{", b'{"task":"other",', 1))


def _endless(files: Path, tags: Tags) -> None:
    with (files / "bundle" / MANIFEST).open("r+b") as file:
        file.truncate(100 * 2**20)


def _folder(files: Path, _: Tags) -> None:
    path = files / "bundle" / MANIFEST
    data = path.read_bytes()
    path.unlink()
    path.mkdir()
    (path / MANIFEST).write_bytes(data)


def _unsigned(_: Path, tags: Tags) -> None:
    del tags[SIGNATURE]


def _renamed(name: str) -> Change:
    def move(document: dict[str, Any]) -> None:
        document["files"][name] = document["files"].pop("car.json")

    return manifest(move)


def _nan(files: Path) -> bytes:
    return to_bytes(np.full_like(np.load(files / "bundle" / VALUE), np.nan))


def _objects(files: Path) -> bytes:
    hidden = io.BytesIO()
    np.save(hidden, np.array([Trap(trap(files))], dtype=object), allow_pickle=True)
    return hidden.getvalue()


def _pickle(files: Path) -> bytes:
    return pickle.dumps(Trap(trap(files)))


def _unknown_type(files: Path) -> bytes:
    bad = Pipeline([("run", FunctionTransformer(os.system)), ("model", LinearRegression())])
    artefact.save(bad, files / "bad.skops")
    return (files / "bad.skops").read_bytes()


def _zip_bomb(files: Path) -> bytes:
    """An archive of a few bytes that says that two of its members have four gigabytes each."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ("schema.json", "0.npy"):
            archive.writestr(name, b"{}")
    data = bytearray(buffer.getvalue())
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 24 : at + 28] = (2**32 - 2).to_bytes(4, "little")
        at = data.find(b"PK\x01\x02", at + 1)
    return bytes(data)


# Found by what they are, also where nothing is signed.
BAD_FILES: Mapping[str, Change] = {
    "altered array": _altered,
    "truncated file": _truncated,
    "weights that are NaN": array(_nan),
    "array of objects": array(_objects),
    "pickle named npy": array(_pickle),
    "bundle of another task": manifest(lambda document: document.update(task="other")),
    "name twice in the manifest": _twice,
    "manifest of 100 MB": _endless,
    "folder for a manifest": _folder,
    "path that climbs": _renamed("../../../escaped.json"),
    "absolute path": _renamed("/tmp/escaped.json"),
    "skops file of foreign types": estimator(_unknown_type),
    "pickle named skops": estimator(_pickle),
    "zip bomb": estimator(_zip_bomb),
}

# Good files, and only the signature tells.
BAD_SIGNATURES: Mapping[str, Change] = {
    "no signature": _unsigned,
    "wrong signature": lambda _, tags: tags.update(
        {SIGNATURE: tags[SIGNATURE].partition(":")[0] + ":hmac-sha256:" + "0" * 64}
    ),
    "signature by another key": lambda _, tags: tags.update(
        {SIGNATURE: "other:" + tags[SIGNATURE].partition(":")[2]}
    ),
    "older version with all it has": lambda _, __: None,
}
