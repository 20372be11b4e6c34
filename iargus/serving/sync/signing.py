"""Vouching for a version that is in the registry already: of an earlier release, or of a key that
is no longer used."""

from __future__ import annotations

import tempfile
from pathlib import Path

from iargus.registry import ModelVersion, Registry
from iargus.serving.sync.preparing import prepare
from iargus.tasks.base import Task


def sign_version(task: Task, number: str, registry: Registry) -> ModelVersion:
    """Look at everything of the version that can be looked at, and sign it.

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
