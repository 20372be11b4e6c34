"""Is what lies on this host still the version that the registry means?"""

from __future__ import annotations

from pathlib import Path

from iargus.compiled.files import read_files
from iargus.errors import ArtefactRejected
from iargus.registry import ModelVersion, artefact
from iargus.serving.compilation.opening import checked_manifest
from iargus.serving.placement import Placement
from iargus.tasks.base import Task

Stamp = tuple[object, ...]


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
