"""From an estimator to the bundle that serves it, with the proof that both say the same."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import sklearn
from sklearn.pipeline import Pipeline

from iargus.compiled.errors import NotCompilable, Refused
from iargus.compiled.form import CompiledForm
from iargus.compiled.manifest import MANIFEST, Canary, FileEntry, Manifest
from iargus.serving.compilation.opening import open_bundle
from iargus.serving.compilation.parity import Mismatch, check_parity
from iargus.tasks.base import Task


def compile_model(
    task: Task,
    estimator: Pipeline,
    directory: Path,
    *,
    created_from: str,
    rows: int,
    is_new: bool = False,
) -> str:
    """Write the estimator's bundle to the new folder `directory` and compare both on `rows`
    synthetic rows; give the SHA-256 of its manifest.

    What is to be registered `is_new` and must pass the further checks of its kind, on as many rows;
    older versions go on as they are.

    `created_from` is that of the skops file. The bundle names no version: the registry gives the
    number only when the files are there, and the digest of the file says more.

    Raises:
        NotCompilable: the estimator has no form as a bundle.
        Refused: the bundle answers otherwise, or a further check fails; the first row is named.
    """
    form = task.compiled_form
    if form is None:
        raise NotCompilable(f"the kind {task.policy.kind} has no form as a bundle")
    manifest = export_bundle(form, estimator, directory, task=task.name, created_from=created_from)
    digest = hashlib.sha256(manifest.to_bytes()).hexdigest()
    bundle = open_bundle(task, directory, digest=digest, created_from=created_from)
    parity = check_parity(form, estimator, bundle, rows=rows)
    if parity.first is not None:
        raise Refused(
            f"the bundle and its estimator differ in {parity.mismatches} of {parity.rows} rows, "
            f"first in {_mismatch(parity.first)}"
        )
    if is_new:
        form.check(bundle, rows=rows)
    return digest


def export_bundle(
    form: CompiledForm[Any],
    estimator: Pipeline,
    directory: Path,
    *,
    task: str | None = None,
    created_from: str = "",
) -> Manifest:
    """Write the bundle of a fitted pipeline to ``directory``, which must not exist or be empty.

    The same estimator and arguments give the same bytes.

    Args:
        task: name of the task; the kind, unless it is given.
        created_from: SHA-256 of the skops file, in hex.

    Raises:
        NotCompilable: this estimator has no such form; nothing is written.
        FileExistsError: there is something in ``directory`` already.
    """
    files = form.compile(estimator)
    answers = form.reference(estimator, form.canaries).tolist()
    manifest = Manifest(
        task=form.kind if task is None else task,
        kind=form.kind,
        version="",
        created_from=created_from,
        sklearn=sklearn.__version__,
        files={
            name: FileEntry(len(data), hashlib.sha256(data).hexdigest())
            for name, data in files.items()
        },
        options={},
        canaries=tuple(
            Canary(payload, tuple(answer))
            for payload, answer in zip(form.canaries, answers, strict=True)
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


def _mismatch(first: Mismatch) -> str:
    payload = str(dict(first.payload))[:200]
    return f"{payload}: {_short(first.found)}, not {_short(first.expected)}"


def _short(numbers: tuple[float, ...]) -> str:
    shown = ", ".join(f"{number:.10g}" for number in numbers[:3])
    return f"({shown}{', …' if len(numbers) > 3 else ''})"
