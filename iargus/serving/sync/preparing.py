"""From a version in the registry to what is placed: checked and tried, and still whole later."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from iargus.compiled.errors import NotCompilable
from iargus.compiled.files import read_files
from iargus.errors import ArtefactRejected
from iargus.registry import ModelVersion, Registry, artefact
from iargus.serving.compilation.opening import checked_manifest, open_bundle
from iargus.serving.placement import Placement
from iargus.serving.predictor import EstimatorPredictor, check_example
from iargus.tasks.base import Task

# A version from before there were bundles is compared on fewer rows than one that is to be
# promoted: it serves already, and hosts wait for it.
LATE_ROWS = 2_000

Stamp = tuple[object, ...]


@dataclass(frozen=True)
class Prepared:
    """A folder with a bundle and the digest of its manifest, or a skops file and nothing."""

    path: Path
    bundle: str = ""


def prepare(task: Task, version: ModelVersion, registry: Registry, place: Path) -> Prepared:
    """Fetch the version into the staging folder `place`, and check everything that can be.

    Raises:
        ArtefactRejected: it is not what was registered, does not answer, or has no bundle where
            the task must have one.
        RegistryUnavailable: the registry is out of reach.
        OSError: the disk is full or not writable.
    """
    if version.bundle_sha256:
        folder = registry.fetch_bundle(version, place)
        open_bundle(task, folder, digest=version.bundle_sha256, created_from=version.sha256)
        return Prepared(folder, version.bundle_sha256)
    return prepare_file(task, registry.fetch(version, place), version.sha256, place)


def prepare_file(task: Task, path: Path, sha256: str, place: Path) -> Prepared:
    """Check the skops file `path` and compile it in the staging folder `place`.

    Raises:
        ArtefactRejected: see `prepare`.
    """
    estimator = artefact.load(path, sha256=sha256, trusted_types=task.trusted_types)
    check_example(task, EstimatorPredictor(task, estimator))
    # Imported here: versions that come with a bundle need none of it.
    from iargus.serving.compilation.compiling import compile_model

    folder = place / "compiled"
    try:
        digest = compile_model(task, estimator, folder, created_from=sha256, rows=LATE_ROWS)
    except NotCompilable as error:
        if task.policy.serve_uncompiled:
            return Prepared(path)
        raise ArtefactRejected(
            f"it cannot be compiled: {error}; tasks.{task.name}.serve_uncompiled: true in "
            "config.yml lets scikit-learn serve it"
        ) from error
    return Prepared(folder, digest)


def adopt(task: Task, placement: Placement) -> bool:
    """Give the champion that is placed a bundle, when it lacks one that it must have: what a
    release without bundles has placed here serves on, also when the registry is gone.

    Returns whether it was given one.

    Raises:
        ArtefactRejected: its file is not what it should be, or cannot be compiled.
        OSError: the disk is full or not writable.
    """
    current = placement.current(task.name)
    if current is None:
        return False
    placed = placement.manifest(task.name, current.champion)
    if placed.bundle or task.policy.serve_uncompiled:
        return False
    with placement.staging(task.name) as place:
        path = placement.model_file(task.name, current.champion)
        prepared = prepare_file(task, path, placed.sha256, place)
        placement.place_as(replace(placed, bundle=prepared.bundle), prepared.path)
    return True


def sign_version(task: Task, number: str, registry: Registry) -> ModelVersion:
    """Check everything of a version that can be checked, and sign it: one of an earlier release, or
    of a key that is no longer used.

    What the checks cannot tell is where it comes from: that is what the caller vouches for.

    Raises:
        VersionUnknown: there is no such version.
        ArtefactRejected: no worker would serve it.
        ConfigurationError: there is no key to sign with.
    """
    version = registry.version(task.name, number)
    registry.check_signing()
    with tempfile.TemporaryDirectory(prefix="iargus-model-") as place:
        prepare(task, version, registry.unsigned(), Path(place))
    # The digests that were just looked at are those that are signed, not those of now.
    return registry.sign(version)


def is_whole(placement: Placement, task: Task, version: ModelVersion) -> bool:
    """Read everything that is placed of a version and compare it with its digests."""
    key = (version.task, version.version)
    try:
        placed = placement.manifest(*key)
        if placed.sha256 != version.sha256:
            return False
        if not placed.bundle:
            # One with a bundle in the registry, or placed before there were any, comes anew.
            if version.bundle_sha256 or not task.policy.serve_uncompiled:
                return False
            artefact.check_digest(placement.model_file(*key), version.sha256)
            return True
        if version.bundle_sha256 not in ("", placed.bundle):
            return False
        folder = placement.bundle_folder(*key)
        read_files(folder, checked_manifest(folder, placed.bundle))
    except (ArtefactRejected, OSError):
        return False
    return True


def stamp_of(placement: Placement, version: ModelVersion) -> Stamp:
    """What changes when a placed file is touched, or the registry means another model."""
    home = placement.model_file(version.task, version.version).parent
    files = sorted(path for path in home.rglob("*") if not path.is_dir())
    return (version.sha256, version.bundle_sha256, *((str(p), _touched(p)) for p in files))


def _touched(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.lstat()
    except FileNotFoundError:
        return None
    return stat.st_mtime_ns, stat.st_size
