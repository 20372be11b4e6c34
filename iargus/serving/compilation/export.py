"""From a fitted pipeline to a folder."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import sklearn
from sklearn.pipeline import Pipeline

from iargus.compiled.bundle import Payload
from iargus.compiled.errors import NotCompilable
from iargus.compiled.manifest import MANIFEST, Canary, FileEntry, Manifest
from iargus.serving.compilation.canaries import canaries
from iargus.serving.compilation.reference import reference
from iargus.tasks.car_price.compiled import bundle as car
from iargus.tasks.car_price.compiled.export import export_car
from iargus.tasks.text_intent import compiled as text
from iargus.tasks.text_intent.export import export_text

_EXPORTS: Mapping[str, Callable[[Pipeline], dict[str, bytes]]] = {
    car.KIND: export_car,
    text.KIND: export_text,
}


def export_bundle(
    kind: str,
    estimator: Pipeline,
    directory: Path,
    *,
    task: str | None = None,
    version: str = "",
    created_from: str = "",
    options: Mapping[str, Any] | None = None,
    rows: Sequence[Payload] = (),
) -> Manifest:
    """Write the bundle of a fitted pipeline to ``directory``, which must not exist or be empty.

    The same estimator and arguments give the same bytes.

    Args:
        kind: ``car_price`` or ``text_intent``.
        task: name of the task; the kind, unless it is given.
        created_from: SHA-256 of the skops file, in hex.
        options: what else answers need, such as ``{"coverage": 0.9}``.
        rows: canaries beside those that come with the kind.

    Raises:
        NotCompilable: this estimator has no such form; nothing is written.
        FileExistsError: there is something in ``directory`` already.
    """
    if kind not in _EXPORTS:
        raise NotCompilable(f"the kind {kind!r} has no form as a bundle")
    files = _EXPORTS[kind](estimator)
    payloads = [*canaries(kind), *rows]
    answers = reference(kind, estimator, payloads).tolist()
    manifest = Manifest(
        task=kind if task is None else task,
        kind=kind,
        version=version,
        created_from=created_from,
        sklearn=sklearn.__version__,
        files={
            name: FileEntry(len(data), hashlib.sha256(data).hexdigest())
            for name, data in files.items()
        },
        options=dict(options or {}),
        canaries=tuple(
            Canary(payload, tuple(answer))
            for payload, answer in zip(payloads, answers, strict=True)
        ),
    )
    directory.mkdir(parents=True, exist_ok=True)
    if any(directory.iterdir()):
        raise FileExistsError(f"{directory} is not empty")
    for name, data in files.items():
        (directory / name).write_bytes(data)
    # Last: what has a manifest is whole.
    (directory / MANIFEST).write_bytes(manifest.to_bytes())
    return manifest
