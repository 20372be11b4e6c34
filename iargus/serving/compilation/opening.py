"""From a folder to a bundle that may serve a task."""

from __future__ import annotations

import hashlib
from pathlib import Path

from iargus.compiled.bundle import Bundle
from iargus.compiled.errors import Refused
from iargus.compiled.files import read_manifest
from iargus.compiled.manifest import Manifest
from iargus.serving.predictor import CompiledPredictor, check_example
from iargus.tasks.base import Task


def checked_manifest(directory: Path, digest: str) -> Manifest:
    """Read the manifest of the bundle in `directory`, whose SHA-256 must be `digest` (hex).

    Raises:
        Refused: it is missing, another one, or none.
    """
    manifest = read_manifest(directory)
    # It has one spelling only, so these are the bytes of the file.
    found = hashlib.sha256(manifest.to_bytes()).hexdigest()
    if found != digest:
        raise Refused(f"the bundle is another one: its digest is {found[:12]}…, not {digest[:12]}…")
    return manifest


def open_bundle(task: Task, directory: Path, *, digest: str, created_from: str) -> Bundle:
    """Verify the bundle in `directory`, load it, and try it on its canaries and the task's example.

    `digest` is the SHA-256 of its manifest, `created_from` that of the skops file, both in hex: so
    a good bundle of another version is refused like a bad one.

    Raises:
        ArtefactRejected: it is not that one, or does not answer.
    """
    if task.compiled_form is None:
        raise Refused(f"tasks of the kind {task.policy.kind} have no bundles")
    manifest = checked_manifest(directory, digest)
    bundle: Bundle = task.compiled_form.load(directory, task=task.name, created_from=created_from)
    if bundle.manifest != manifest:
        raise Refused("the bundle was exchanged while it was read")
    check_example(task, CompiledPredictor(task, bundle))
    return bundle
