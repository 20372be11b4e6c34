"""From a folder to a model that answers."""

from __future__ import annotations

from pathlib import Path

import iargus.tasks.car_price.compiled.bundle as _car
import iargus.tasks.text_intent.compiled as _text
from iargus.compiled.bundle import Bundle
from iargus.compiled.canary import check_canaries
from iargus.compiled.contents import Contents
from iargus.compiled.errors import Refused
from iargus.compiled.files import read_files, read_manifest

KINDS: dict[str, type[Bundle]] = {_car.KIND: _car.CarBundle, _text.KIND: _text.TextBundle}


def load_bundle(
    directory: Path,
    *,
    task: str | None = None,
    kind: str | None = None,
    version: str | None = None,
    created_from: str | None = None,
) -> Bundle:
    """Verify the bundle in ``directory``, build its model, and try it.

    Args:
        task, kind, version, created_from: what the manifest must say, where given. The bundle of
            an older version is a good bundle: only who knows the version can tell.

    Raises:
        Refused: anything is not as it should be; the message says what.
    """
    manifest = read_manifest(directory)
    wanted = {"task": task, "kind": kind, "version": version, "created_from": created_from}
    for name, value in wanted.items():
        if value is not None and getattr(manifest, name) != value:
            raise Refused(f"the bundle is of {name} {getattr(manifest, name)!r}, not {value!r}")
    if manifest.kind not in KINDS:
        raise Refused(f"the kind {manifest.kind!r} is unknown to this release")
    contents = Contents(read_files(directory, manifest))
    try:
        bundle = KINDS[manifest.kind].read(manifest, contents)
    except Refused:
        raise
    # Whatever the checks did not foresee in a file means the same.
    except Exception as error:
        raise Refused(f"the bundle cannot be read: {type(error).__name__}: {error}") from error
    contents.close()
    check_canaries(bundle)
    return bundle
